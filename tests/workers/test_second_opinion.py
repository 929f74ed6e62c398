"""Workers ask twice where the encoder is installed; web processes never do."""

from __future__ import annotations

import sys

import pytest

from service.settings import read_settings
from service.wiring import build

DOUBTFUL = "this is nonsense and you know it"


def version_of(tmp_path, *, asks_twice: bool, second_opinion: str = "auto") -> str:
    settings = read_settings({}, data=tmp_path, second_opinion=second_opinion)
    return build(settings, asks_twice=asks_twice).scorer.score([DOUBTFUL])[0].model


def test_a_worker_asks_twice(tmp_path):
    pytest.importorskip("onnxruntime")
    assert "+second-" in version_of(tmp_path, asks_twice=True)


def test_a_web_process_asks_once(tmp_path):
    assert "second" not in version_of(tmp_path, asks_twice=False)


def test_off_means_once_in_the_worker_too(tmp_path):
    assert "second" not in version_of(tmp_path, asks_twice=True, second_opinion="off")


def test_auto_without_the_package_means_once(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert "second" not in version_of(tmp_path, asks_twice=True)


def test_on_without_the_package_refuses(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(Exception, match=r"Install civility\[encoder\]"):
        version_of(tmp_path, asks_twice=True, second_opinion="on")
