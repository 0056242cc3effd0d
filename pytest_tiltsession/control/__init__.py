"""The control interface of ``tiltsession serve --control``: a fake driven by HTTP, from any language."""
