"""Tilt's Session as a model of cloudcoil."""

from typing import Annotated, Literal

from cloudcoil import resources
from cloudcoil.pydantic import BaseModel
from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    """What is written in camel case on the wire."""

    model_config = ConfigDict(alias_generator=to_camel, extra="allow")


class Spec(Model):
    """What a session is to do."""

    tiltfile_path: str
    exit_condition: str
    ci: dict[str, str | None] | None = None


class Status(Model):
    """What a session is doing."""

    pid: int
    done: bool
    error: str | None = None
    targets: list[dict] | None = None


class Session(resources.Resource):
    """A Session; its status is Tilt's to write."""

    api_version: Annotated[Literal["tilt.dev/v1alpha1"], Field(alias="apiVersion")] = "tilt.dev/v1alpha1"
    kind: Literal["Session"] = "Session"
    spec: Spec
    status: Status | None = None
