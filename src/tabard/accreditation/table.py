"""The rules, flat: which there are, in which order they speak, and whose review may stand where one could not assess."""

from types import ModuleType

from tabard.accreditation.model import Rule
from tabard.accreditation.rules import (
    changelog_kept,
    code_covered,
    code_of_others,
    code_otherwise_sound,
    codes_known,
    components_named,
    crypto_sound,
    data_declared,
    data_leaving,
    fhir_named_exists,
    files_accounted,
    files_not_loose,
    hazard_controls_shown,
    hazard_ids_kept,
    hazard_kinds_told,
    hazard_log_readable,
    hazard_ratings_match,
    hazard_references_whole,
    hazard_risk_borne,
    hazard_risk_lowered,
    hooks_answered,
    hosts_declared,
    least_scopes,
    licence_allowed,
    licence_texts_carried,
    manifest_sound,
    no_known_vulnerability,
    no_own_connections,
    no_patient_in_files,
    no_secrets,
    nothing_kept_in_browser,
    nothing_of_patients_logged,
    pages_accessible,
    pages_by_keyboard,
    pages_not_from_text,
    pages_self_contained,
    pages_titled,
    policy_least,
    prefetch_within,
    publisher_named,
    queries_not_put_together,
    readme_tells,
    reads_no_objects,
    runs_no_text,
    safety_case_of_this_configuration,
    safety_case_of_this_log,
    safety_case_readable,
    safety_case_whole,
    safety_change_assessed,
    safety_log_signed,
    safety_officer_named,
    safety_registration_in_date,
    safety_third_parties_covered,
    sbom_present,
    support_named,
    trial_borne,
    trial_hosts_declared,
    trial_scopes_used,
    trial_writes_valid,
)
from tabard.decision import Role

_SAFETY = (Role.clinical_safety,)
_SECURITY = (Role.security,)
_EITHER = (Role.clinical_safety, Role.security)
_DATA = (Role.security, Role.information_governance)
_STANDARDS = (Role.clinical_safety, Role.security, Role.interoperability)


def _rule(module: ModuleType, judges: tuple[Role, ...]) -> Rule:
    """The rule of a file: its id is the file's name, its sentence and source stand in the file's docstring.

    `FAMILY` says what it is about, `CRITERIA` the frameworks' criteria that it helps to judge.
    """
    told, _, source = (module.__doc__ or "").partition("Source:")
    name = module.__name__.rpartition(".")[2].replace("_", "-")
    words = (" ".join(told.split()), " ".join(source.split()))
    return Rule(name, *words, judges, module.check, module.FAMILY, module.CRITERIA)


RULES: tuple[Rule, ...] = (
    _rule(manifest_sound, _EITHER),
    _rule(publisher_named, _EITHER),
    _rule(safety_officer_named, _SAFETY),
    _rule(hazard_log_readable, _SAFETY),
    _rule(hazard_ratings_match, _SAFETY),
    _rule(hazard_risk_lowered, _SAFETY),
    _rule(hazard_risk_borne, _SAFETY),
    _rule(hazard_controls_shown, _SAFETY),
    _rule(hazard_kinds_told, _SAFETY),
    _rule(hazard_ids_kept, _SAFETY),
    _rule(hazard_references_whole, _SAFETY),
    _rule(safety_case_readable, _SAFETY),
    _rule(safety_case_of_this_log, _SAFETY),
    _rule(safety_case_of_this_configuration, _SAFETY),
    _rule(safety_case_whole, _SAFETY),
    _rule(safety_log_signed, _SAFETY),
    _rule(safety_registration_in_date, _SAFETY),
    _rule(safety_third_parties_covered, _SAFETY),
    _rule(safety_change_assessed, _SAFETY),
    _rule(files_accounted, _SECURITY),
    _rule(licence_allowed, _EITHER),
    _rule(licence_texts_carried, _EITHER),
    _rule(sbom_present, _SECURITY),
    _rule(components_named, _SECURITY),
    _rule(no_known_vulnerability, _SECURITY),
    _rule(no_secrets, _SECURITY),
    _rule(code_covered, _SECURITY),
    _rule(code_of_others, _SECURITY),
    _rule(runs_no_text, _SECURITY),
    _rule(reads_no_objects, _SECURITY),
    _rule(crypto_sound, _SECURITY),
    _rule(no_own_connections, _SECURITY),
    _rule(queries_not_put_together, _SECURITY),
    _rule(pages_not_from_text, _SECURITY),
    _rule(files_not_loose, _SECURITY),
    _rule(code_otherwise_sound, _SECURITY),
    _rule(least_scopes, _SECURITY),
    _rule(data_declared, _DATA),
    _rule(data_leaving, _DATA),
    _rule(no_patient_in_files, _DATA),
    _rule(nothing_kept_in_browser, _DATA),
    _rule(nothing_of_patients_logged, _DATA),
    _rule(fhir_named_exists, _STANDARDS),
    _rule(codes_known, _STANDARDS),
    _rule(prefetch_within, _STANDARDS),
    _rule(hooks_answered, _STANDARDS),
    _rule(hosts_declared, _SECURITY),
    _rule(policy_least, _SECURITY),
    _rule(pages_self_contained, _SECURITY),
    _rule(pages_titled, _SAFETY),
    _rule(pages_accessible, _SAFETY),
    _rule(pages_by_keyboard, _SAFETY),
    _rule(readme_tells, _EITHER),
    _rule(changelog_kept, _EITHER),
    _rule(support_named, _EITHER),
    _rule(trial_scopes_used, _SECURITY),
    _rule(trial_hosts_declared, _SECURITY),
    _rule(trial_writes_valid, _STANDARDS),
    _rule(trial_borne, _SAFETY),
)
