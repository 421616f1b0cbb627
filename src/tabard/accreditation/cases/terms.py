"""What an assessor asks of a draft: outcome, for how long, conditions, sites, grounds, and by what it was judged."""

from dataclasses import dataclass

from tabard.decision import Condition, CriteriaStood, FirstOfType, FrameworkUsed, Outcome


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a statement; `conditions` come after those that the case has already.

    The outcome is read from the rest where it is None: sites, grounds, conditions, or none of these. `criteria` are how those
    stood that were asked, which the draft itself counts.
    """

    months: int = 12
    outcome: Outcome | None = None
    conditions: tuple[Condition, ...] = ()
    first_of_type: FirstOfType | None = None
    grounds: tuple[str, ...] = ()
    frameworks: tuple[FrameworkUsed, ...] = ()
    evidence: tuple[str, ...] = ()
    tabard_versions: tuple[str, ...] = ()
    dialects: tuple[str, ...] = ()
    criteria: CriteriaStood | None = None

    def outcome_with(self, conditions: tuple[Condition, ...]) -> Outcome:
        """The outcome, of a case with these conditions in all."""
        if self.outcome is not None:
            return self.outcome
        if self.grounds:
            return Outcome.refused
        if self.first_of_type is not None:
            return Outcome.first_of_type
        return Outcome.with_conditions if conditions else Outcome.accredited
