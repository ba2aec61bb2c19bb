"""Every sentence that the program says stands in tests/sentences.txt, and is written as the house writes.

Other tests assert behaviour, by codes and names.
"""

import re

from tests.unit.test_exit_codes import EMBEDDED_ERRORS, ERRORS

from keycloak_2fa.api.concurrent_api import UserFailingError
from keycloak_2fa.errors import ServerError
from keycloak_2fa.verification.findings import FindingId
from keycloak_2fa.warning_codes import WarningCode
from release import sentences

SAID = list(sentences.said())
BY = {each.by for each in SAID}
EACH = [(each.by, *part) for each in SAID for part in each.parts]
WHOLE = {"message", "hint", "why", "held", "closed_otherwise"}
"""Parts of errors and findings that are sentences."""
WITHIN_A_LINE = {"title", "story", "fix"}
"""Parts of findings that are not."""
WITHOUT_SENTENCES = {ServerError, UserFailingError}
"""The first only heads its family; the second has the sentences of server-failing."""
ENDED = re.compile(r"[.?}]$")
"""A full stop or a question mark; or an expression, which is a sentence itself."""
NOT_OUR_WORDS = re.compile(
    r"\b(patience|user storages?|ways? around|other ways?|people who|whoever|whom"
    r"|(?<!there )(is|are|was|were) no (?!longer))\b",
    re.IGNORECASE,
)
"""Words that have a better one: retry timeout, user federation provider, gap, fallback, users, is not a."""


def test_the_file_holds_what_the_source_says() -> None:
    written = sentences.FILE.read_text(encoding="utf-8")

    assert written == sentences.text(SAID), "run make sentences, and read what it changes in tests/sentences.txt"


def test_every_warning_has_its_sentences_there() -> None:
    assert {f"warning {code}" for code in WarningCode} - BY == set()


def test_every_finding_has_its_sentences_there() -> None:
    assert {f"finding {finding}" for finding in FindingId} - BY == set()


def test_every_error_has_its_sentences_there() -> None:
    kinds = [each for each in (*ERRORS, *EMBEDDED_ERRORS) if each not in WITHOUT_SENTENCES]

    assert {f"error {kind.code}" for kind in kinds} - BY == set()


def test_a_whole_sentence_ends() -> None:
    whole = [(by, sentence) for by, name, sentence in EACH if by.startswith("warning ") or name in WHOLE]

    assert len(whole) > 400
    assert [each for each in whole if not ENDED.search(each[1])] == []


def test_what_stands_within_a_line_has_no_full_stop() -> None:
    within = [(by, sentence) for by, name, sentence in EACH if name in WITHIN_A_LINE]

    assert len(within) > 100
    assert [each for each in within if each[1].endswith(".")] == []


def test_no_two_spaces_follow_each_other() -> None:
    assert [each for each in EACH if "  " in each[2]] == []


def test_the_field_s_words_are_used() -> None:
    said = [(by, sentences.EXPRESSION.sub("", sentence)) for by, _, sentence in EACH]

    assert [each for each in said if NOT_OUR_WORDS.search(each[1])] == []
