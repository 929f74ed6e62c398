"""The deployment's secrets: from the environment, or made on first start and kept in the data folder, mode 0600."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from service.settings import BadSetting, Settings


@dataclass(frozen=True)
class Secrets:
    hash_keys: str
    secret_key: str
    operator_token: str


def new_hash_key(key_id: str = "k1") -> str:
    return f"{key_id}:{secrets.token_hex(32)}"


def read_secrets(settings: Settings) -> Secrets:
    """Those of the environment first; what is missing comes from `secrets.json`, made when it is not there.

    On a cluster every process must use the same secrets, so with `DATABASE_URL` set they must be given.
    """
    kept = _kept(settings.data / "secrets.json")
    return Secrets(
        hash_keys=settings.hash_keys or kept["hash_keys"],
        secret_key=settings.secret_key or kept["secret_key"],
        operator_token=settings.operator_token or kept["operator_token"],
    )


def _kept(path: Path) -> dict[str, str]:
    fresh = {
        "hash_keys": new_hash_key(),
        "secret_key": secrets.token_urlsafe(48),
        "operator_token": f"op_{secrets.token_urlsafe(32)}",
    }
    write_private(path, json.dumps(fresh, indent=2) + "\n", replace=False)
    try:
        kept = json.loads(path.read_text())
        return {name: str(kept[name]) for name in fresh}
    except (ValueError, KeyError) as error:
        raise BadSetting(
            f"{path} cannot be read ({error!r}). Restore it from a backup: without its hash keys authors are not "
            "recognised. Only if there is none, delete it and new secrets are made."
        ) from error


def write_private(path: Path, content: str, *, replace: bool) -> None:
    """Write a file only its owner may read, whole or not at all; an existing one stays unless `replace`."""
    if path.exists() and not replace:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if replace:
        os.replace(draft, path)
        return
    try:
        os.link(draft, path)  # of two processes starting at once, one wins and both read the same
    except FileExistsError:
        pass
    finally:
        draft.unlink()
