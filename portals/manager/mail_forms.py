"""What an agency may choose for its mails, each thing checked before it is saved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions import letterheads
from interventions.mails import colours, wording
from interventions.mails.images import Image, read
from interventions.models import MailLogo, MailStyle, Topic
from portals.web.requests import ActorRequest

LARGEST = 60 * 1024
MOST_WIDE, MOST_HIGH = 1200, 600


class LogoField(forms.FileField):
    """A small PNG or JPEG, known by its content; cleaned, it is its bytes and what they are."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Refuse what is too heavy, too large, or neither of the two."""
        file = super().clean(data, initial)
        if not isinstance(file, UploadedFile):
            return None
        if (file.size or 0) > LARGEST:
            raise ValidationError(_("Ce fichier dépasse 60 Ko : chaque mail le porte, réduisez-le."))
        content = file.read()
        image = read(content)
        if image is None:
            raise ValidationError(_("Ce fichier n’est ni une image PNG, ni une image JPEG entière."))
        if image.width > MOST_WIDE or image.height > MOST_HIGH:
            raise ValidationError(_("Cette image dépasse 1200 × 600 points : réduisez-la."))
        return content, image


class MailStyleForm(forms.ModelForm):
    """The agency's paper and sentences, and of which mail the preview is."""

    logo_file = LogoField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy(
            "PNG ou JPEG, 60 Ko et 1200 × 600 points au plus. Il se montre dans les mails et en tête des portails."
        ),
        widget=forms.FileInput({"accept": "image/png,image/jpeg"}),
        error_messages={"empty": gettext_lazy("Ce fichier est vide.")},
    )
    no_logo = forms.BooleanField(label=gettext_lazy("Sans logo"), required=False)
    kept_logo = forms.UUIDField(required=False, widget=forms.HiddenInput)
    topic = forms.ChoiceField(label=gettext_lazy("Aperçu du mail"), choices=Topic.choices, required=False)
    field_order = ("logo_file", "no_logo", *letterheads.TEXTS, "topic")

    class Meta:
        model = MailStyle
        fields = letterheads.TEXTS

    def __init__(self, request: ActorRequest, style: MailStyle) -> None:
        """Start from what the agency has chosen."""
        posted = request.method == "POST"
        super().__init__(request.POST if posted else None, request.FILES if posted else None, instance=style)
        self.now, self.agence = request.now, style.agence
        kept = style.logo.public_id if style.logo else None
        self.initial = {**self.initial, "topic": Topic.CLIENT_ASKED, "kept_logo": kept}
        for name in ("signature", *Topic):
            self.fields[name].widget = forms.Textarea({"rows": 2, "maxlength": 300})
        for topic in Topic:
            self.fields[topic].help_text = _may_name(topic)
        if not style.logo and not self.data.get("kept_logo"):
            del self.fields["no_logo"]

    @property
    def logo(self) -> MailLogo | None:
        """Return the logo that was given or kept; a given one is kept from here on, in no mail yet."""
        given = self.cleaned_data.get("logo_file")
        if given:
            content, image = given
            return self._keep(content, image)
        if self.cleaned_data.get("no_logo"):
            return None
        kept = self.cleaned_data.get("kept_logo")
        return MailLogo.objects.filter(agence=self.agence, public_id=kept).first() if kept else None

    def _keep(self, content: bytes, image: Image) -> MailLogo:
        return letterheads.keep_logo(self.agence, content, image, self.now)

    def clean_colour(self) -> str:
        """Refuse a colour on which, or in which, words cannot be read."""
        colour = str(self.cleaned_data["colour"]).strip().lower()
        if colour and not colours.is_colour(colour):
            raise ValidationError(
                _("Écrivez la couleur comme #045650 : un dièse et six chiffres ou lettres de a à f.")
            )
        if colour and not colours.readable(colour):
            raise ValidationError(
                _("Trop claire : le texte blanc du bouton ne s’y lirait pas. Prenez-la plus foncée.")
            )
        return colour

    def clean_sender_name(self) -> str:
        """Refuse a name that would break the line it stands on, or pass for an address."""
        name = str(self.cleaned_data["sender_name"])
        letterheads.check_sender(name)
        return name

    def clean(self) -> dict[str, Any]:
        """Check the signature and each sentence: plain words, and no place that is not filled there."""
        entered: dict[str, Any] = super().clean() or {}
        for name in ("signature", *Topic):
            text = str(entered.get(name, "")).replace("\r\n", "\n").strip()
            entered[name] = text
            for problem in wording.problems(text, Topic(name) if name != "signature" else None):
                self.add_error(name, problem)
        return entered

    @property
    def chosen_topic(self) -> Topic:
        """Return of which mail the preview is."""
        return Topic(self.cleaned_data.get("topic") or Topic.CLIENT_ASKED)


def _may_name(topic: Topic) -> str:
    names = ", ".join(f"{{{name}}}" for name in wording.places(topic))
    return _("Une phrase. Vous pouvez y écrire %(names)s.") % {"names": names}
