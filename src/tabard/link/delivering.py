"""Whether answers reached their senders: looked at after each turn, written down with the next commit.

No commit is made for it. The journal holds, for each link, the number up to which answers were given to the network, and
a row for each answer of which that is not so.
"""

from collections.abc import Iterable
from datetime import datetime

from tabard.hl7v2 import wrap
from tabard.journal import AckState, JournalWriter, Outcome, State
from tabard.link.turn import Answered, Owed, Sender

Later = tuple[str, bytes]
"""Code and content of the application's answer."""


class Delivering:
    """The answers of which it is not yet written down how they fared."""

    def __init__(self, journal: JournalWriter) -> None:
        self._journal = journal
        self._sent: list[Answered] = []
        self._stalled: list[tuple[Sender, int, Later | None]] = []
        self._up_to: dict[str, int] = {}
        self._told: dict[int, tuple[AckState, Later | None]] = {}

    @property
    def has_news(self) -> bool:
        """Whether there is anything to write down."""
        return bool(self._up_to or self._told)

    def sent(self, answers: Iterable[Answered]) -> bool:
        """Answers were handed to their connections; whether there is anything to `look` at once the loop wrote what it could."""
        for one in answers:
            if one.sender.delivery() is AckState.delivered:
                self._up_to_now(one)
            else:
                self._sent.append(one)
        return bool(self._sent or self._stalled)

    def answer_later(self, owed: Owed, outcome: Outcome, at: datetime) -> None:
        """Give the application's answer, now that it is known what became of the message."""
        is_parked = outcome.state is State.parked
        code = owed.shape.outcome(is_parked=is_parked)
        if code is None:
            owed.sender.answer_later(b"")
            self._told[owed.seq] = (AckState.delivered, None)
            return
        text = f"kept for a person: {outcome.reason}" if is_parked else ""
        ack = owed.shape.acknowledge(code, owed.control_id, own_id=f"A{owed.seq}", at=at, text=text)
        owed.sender.answer_later(wrap(ack))
        self._stalled.append((owed.sender, owed.seq, (code.value, ack)))

    def look(self) -> None:
        """After the loop wrote what it could: which answers have left."""
        sent, self._sent = self._sent, []
        for one in sent:
            sender = one.sender
            state = sender.delivery()
            if state is not AckState.delivered:
                self._keep(sender, one.seqs, state)
            self._up_to_now(one)
        stalled, self._stalled = self._stalled, []
        for sender, seq, later in stalled:
            state = sender.delivery()
            if state is AckState.pending:
                self._stalled.append((sender, seq, later))
            else:
                self._told[seq] = (state, later)

    def note(self) -> None:
        """Within a transaction about to be committed: write down what is known."""
        for link, seq in self._up_to.items():
            self._journal.answered(link, seq)
        for seq, (state, later) in self._told.items():
            code, ack = (None, None) if later is None else later
            self._journal.note_answer(seq, state, ack_code=code, ack=ack)

    def noted(self) -> None:
        """The transaction is durable."""
        self._up_to.clear()
        self._told.clear()

    def _up_to_now(self, one: Answered) -> None:
        if one.seqs:
            link, last = one.sender.link, one.seqs[-1]
            if self._up_to.get(link, 0) < last:
                self._up_to[link] = last

    def _keep(self, sender: Sender, seqs: Iterable[int], state: AckState) -> None:
        for seq in seqs:
            self._told[seq] = (state, None)
            if state is AckState.pending:
                self._stalled.append((sender, seq, None))
