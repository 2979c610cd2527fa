"""Makes a service's sequencer from its settings and its key."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.audit.alerts import Alerts, limits_of
from shared.audit.checkpoints import Checkpoints
from shared.audit.sequencer import Sequencer
from shared.audit.witness import witness_of
from shared.runtime import Kept
from shared.sealing import KeyStore
from shared.sealing.in_force import SIGNING
from shared.sealing.keyfile import WrongKeys
from shared.settings import Settings


def signing_key(key_store: KeyStore, service: str) -> Ed25519PrivateKey:
    """What a service signs its checkpoints with: the same under every master key, and in the backup of the keys.

    Raises WrongKeys over a store of keys from before there was one.
    """
    try:
        return Ed25519PrivateKey.from_private_bytes(key_store.secret(f"{SIGNING}{service}"))
    except KeyError:
        raise WrongKeys("the store of keys is from before audits were signed: run `homeward migrate` first") from None


def sequencer_of(kept: Kept, settings: Settings) -> Sequencer:
    """The sequencer of a service at work."""
    witness = witness_of(settings.audit_witness, settings.audit_witness_ca_file)
    checkpoints = Checkpoints(kept, signing_key(kept.key_store, kept.name), witness)
    return Sequencer(kept, checkpoints, Alerts(limits_of(settings)))
