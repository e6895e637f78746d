"""Where templates come from, and the rules under which they are filled in."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import jinja2
from markupsafe import Markup

from evalreport.errors import SettingsError

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
"""Control characters, and those that turn the direction of the text after them."""


def html_environment(template_dir: Path | None = None) -> jinja2.Environment:
    """Return the Jinja2 environment for HTML: everything is escaped unless marked as safe.

    Characters that cannot be seen but change how others are shown are left out.

    Parameters
    ----------
    template_dir : Path, optional
        A folder whose templates come before the built-in ones of the same name.
    """
    environment = _environment(template_dir, autoescape=True)
    environment.finalize = _visible_unless_safe
    return environment


def markdown_environment(template_dir: Path | None = None) -> jinja2.Environment:
    """Return the Jinja2 environment for Markdown and plain text, where nothing is escaped.

    Parameters
    ----------
    template_dir : Path, optional
        A folder whose templates come before the built-in ones of the same name.
    """
    return _environment(template_dir, autoescape=False)


@contextmanager
def own_templates_at_fault(template_dir: Path | None) -> Iterator[None]:
    """Turn what is wrong in templates of the user's own into an error that says where.

    Raises
    ------
    SettingsError
        Only if there are such templates: in the built-in ones it is our mistake.
    """
    try:
        yield
    except jinja2.TemplateError as error:
        if template_dir is None:
            raise
        raise SettingsError(
            f"a template in {template_dir} cannot be filled in: {_place(error)}{error.message}."
        ) from error


def _place(error: jinja2.TemplateError) -> str:
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"{error.name}, line {error.lineno}: "
    places = [each for each in traceback.extract_tb(error.__traceback__) if ".j2" in each.filename]
    return f"{Path(places[-1].filename).name}, line {places[-1].lineno}: " if places else ""


def visible(text: str) -> str:
    r"""Return the text without control characters and marks of direction.

    Examples
    --------
    >>> visible("a\u202eb\x1b[31m")
    'ab[31m'
    """
    return _INVISIBLE.sub("", text)


def _visible_unless_safe(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def template_text(name: str, template_dir: Path | None = None) -> str:
    """Return a template file as it stands: the style and the script are not templates.

    Raises
    ------
    jinja2.TemplateNotFound
        If there is no such file, neither in `template_dir` nor among the built-in ones.
    """
    environment = html_environment(template_dir)
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _environment(template_dir: Path | None, *, autoescape: bool) -> jinja2.Environment:
    return jinja2.Environment(
        loader=_loader(template_dir),
        # A file name decides nothing here: `select_autoescape` would miss "*.html.j2".
        autoescape=autoescape,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _loader(template_dir: Path | None) -> jinja2.BaseLoader:
    built_in = jinja2.FunctionLoader(_built_in_text)
    if template_dir is None:
        return built_in
    if not template_dir.is_dir():
        raise SettingsError(
            f"{template_dir} is no directory, so no templates can be taken from it."
        )
    return jinja2.ChoiceLoader([jinja2.FileSystemLoader(template_dir), built_in])


def _built_in_text(name: str) -> str | None:
    parts = name.split("/")
    file = _built_in_templates().joinpath(*parts)
    return file.read_text("utf-8") if ".." not in parts and file.is_file() else None


def _built_in_templates() -> Traversable:
    # A wheel holds the templates inside the package; a checkout, editable or not, beside it.
    installed = resources.files("evalreport") / "templates"
    if installed.is_dir():
        return installed
    return Path(__file__).resolve().parents[2] / "templates"
