"""The face by which a fake, or a live Tilt, gives pictures of its session; knows no file."""

from pytest_tiltsession import pictures
from pytest_tiltsession.expectations import observed


class Drawn:
    """Gives pictures of what is to be seen now, as text: one self-contained file each, equal for equal sessions."""

    def look(self) -> observed.Observed:
        """Give what is to be seen now."""
        raise NotImplementedError

    def render_html(self, title: str = "", *, failure: str = "") -> str:
        """Give an HTML page: the verdict, a lane for each target, what clients asked, and all of it as tables.

        ``title`` says what it is a picture of, and ``failure`` what a test complained of. Nothing is loaded from
        anywhere; write it to a file in UTF-8.
        """
        from pytest_tiltsession.pictures import page, scene  # start-up cost: few tests draw

        return page.write(scene.read(self.look(), title, failure))

    def render_svg(self, title: str = "", *, width: int = pictures.WIDTH) -> str:
        """Give an SVG image, ``width`` pixels wide (480 at least), for a page of documentation or a report."""
        from pytest_tiltsession.pictures import scene, svg  # start-up cost

        return svg.draw(scene.read(self.look(), title), width)
