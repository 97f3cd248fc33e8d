"""What the layouts show around a page: places to go, who is signed in."""

from dataclasses import dataclass

CIVILITIES = {"M.", "Mme", "Mlle", "Dr"}


@dataclass(frozen=True)
class NavEntry:
    """A place in a portal's tabs or menu.

    `count` is how many wait there (None hides it), `count_label` says of what for a screen reader,
    `due` marks what is asked of this person now; `children` makes it a branch of the menu; `key` opens it.
    """

    label: str
    url: str = ""
    icon: str = ""
    count: int | None = None
    count_label: str = ""
    due: bool = False
    current: bool = False
    children: tuple["NavEntry", ...] = ()
    key: str = ""


@dataclass(frozen=True)
class Account:
    """Who is signed in, as the bar shows them; `detail` is an agency, a secteur, a role."""

    name: str
    url: str
    detail: str = ""

    @property
    def initials(self) -> str:
        """Return the first letters of the first and last word: «NL»."""
        words = [word for word in self.name.split() if word not in CIVILITIES]
        letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[:2] for word in words]
        return "".join(letters).upper()
