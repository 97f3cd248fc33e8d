"""The tables of the domain, one noun a module."""

from interventions.models.accesses import Access, Sensitive
from interventions.models.agence import Agence, HolidayRegion
from interventions.models.attachments import Attachment
from interventions.models.contrats import Contrat, ContratState, Prestation
from interventions.models.day_totals import DayTotal
from interventions.models.entry_settings import Strictness
from interventions.models.import_requests import (
    ColumnMatch,
    ImportFile,
    ImportFinding,
    ImportKind,
    ImportRequest,
    ImportStage,
)
from interventions.models.imports import Import, ImportedLine
from interventions.models.intervention import Intervention
from interventions.models.invitations import Invitation
from interventions.models.journal import Batch, JournalEntry, JournalText
from interventions.models.links import MailLink
from interventions.models.mail_style import MailLogo, MailStyle, MailStyleEntry, Topic
from interventions.models.mailers import MailerMinute, MailerPace
from interventions.models.mandates import MandateEntry, MandateStep
from interventions.models.motifs import Motif, MotifKind
from interventions.models.notification import Fate, Mail, MailKind, MailLine
from interventions.models.people import (
    Absence,
    AbsenceKind,
    Civility,
    Client,
    Gestionnaire,
    GestionnaireSecteur,
    Intervenant,
    Proche,
    ProcheKind,
    Secteur,
    User,
)
from interventions.models.periods import Period, PeriodEntry
from interventions.models.proposition import Deliberation, Proposition
from interventions.models.recent import RecentlySeen
from interventions.models.registry import GroundsTemplate, RegistryEntry, RegistryKind, RegistryStep, RegistryValues
from interventions.models.reminders import Reminder, Unanswered
from interventions.models.rhythm import MailPreference, Rhythm
from interventions.models.runs import JobRun
from interventions.models.seals import JournalSeal, SealedEntry, SealedWords, SealMark
from interventions.models.series import Series
from interventions.models.setting_entries import SettingEntry
from interventions.models.work import BatchPart, BatchWork

__all__ = [
    "Absence",
    "AbsenceKind",
    "Access",
    "Agence",
    "Attachment",
    "Batch",
    "BatchPart",
    "BatchWork",
    "Civility",
    "Client",
    "ColumnMatch",
    "Contrat",
    "ContratState",
    "DayTotal",
    "Deliberation",
    "Fate",
    "Gestionnaire",
    "GestionnaireSecteur",
    "GroundsTemplate",
    "HolidayRegion",
    "Import",
    "ImportFile",
    "ImportFinding",
    "ImportKind",
    "ImportRequest",
    "ImportStage",
    "ImportedLine",
    "Intervenant",
    "Intervention",
    "Invitation",
    "JobRun",
    "JournalEntry",
    "JournalSeal",
    "JournalText",
    "Mail",
    "MailKind",
    "MailLine",
    "MailLink",
    "MailLogo",
    "MailPreference",
    "MailStyle",
    "MailStyleEntry",
    "MailerMinute",
    "MailerPace",
    "MandateEntry",
    "MandateStep",
    "Motif",
    "MotifKind",
    "Period",
    "PeriodEntry",
    "Prestation",
    "Proche",
    "ProcheKind",
    "Proposition",
    "RecentlySeen",
    "RegistryEntry",
    "RegistryKind",
    "RegistryStep",
    "RegistryValues",
    "Reminder",
    "Rhythm",
    "SealMark",
    "SealedEntry",
    "SealedWords",
    "Secteur",
    "Sensitive",
    "Series",
    "SettingEntry",
    "Strictness",
    "Topic",
    "Unanswered",
    "User",
]
