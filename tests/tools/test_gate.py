from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tools import gate
from tools.gate import Step, step_counts, summarise

REPORT = """<testsuites><testsuite>
  <testcase name="a"/>
  <testcase name="b"><failure/></testcase>
  <testcase name="c"><error/></testcase>
  <testcase name="d"><skipped/></testcase>
  <testcase name="e"><system-out/></testcase>
</testsuite></testsuites>"""


def test_a_report_counts_as_its_tests(tmp_path: Path) -> None:
    report = tmp_path / "pytest.xml"
    report.write_text(REPORT)
    assert step_counts(report, passed=False) == Counter(passed=2, failed=2, skipped=1)


@pytest.mark.parametrize(
    ("passed", "counts"), [(True, Counter(passed=1)), (False, Counter(failed=1))]
)
def test_a_step_without_report_counts_as_one(
    tmp_path: Path, passed: bool, counts: Counter[str]
) -> None:
    assert step_counts(tmp_path / "lint.xml", passed=passed) == counts


def test_a_crash_after_passing_tests_is_a_failure(tmp_path: Path) -> None:
    report = tmp_path / "jest.xml"
    report.write_text("<testsuite><testcase name='a'/></testsuite>")
    assert step_counts(report, passed=False) == Counter(passed=1, failed=1)


def test_the_last_lines_name_what_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gate, "REPORTS", tmp_path)
    deep = "\n".join(f"line {number}" for number in range(1000))
    (tmp_path / "pytest.xml").write_text(
        "<testsuite><testcase classname='tests.test_a' name='test_it'>"
        f"<failure message='assert 1 == 2'>{deep}</failure></testcase></testsuite>"
    )
    counts = step_counts(tmp_path / "pytest.xml", passed=False)
    summarise([Step(target="pytest", passed=False, seconds=1, counts=counts)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == ["pytest: tests.test_a test_it: assert 1 == 2", "0 passed, 1 failed"]
    assert {"    line 0", "    line 999"} < set(lines)
    assert len(lines) < 25
