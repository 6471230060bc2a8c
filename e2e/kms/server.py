"""AWS KMS for tests: moto's, corrected where it is easier than the real service, and with a way to
make it misbehave.

Corrected:
- `Sign` and `Verify` take a digest as a digest; moto hashes it again.
- A key that is disabled or about to be deleted does nothing; moto's goes on.
- An ARN with another account or partition names no key; moto's reads the id alone.
- `Decrypt` and `ReEncrypt` with a (source) key that did not encrypt answer `IncorrectKeyException`.
- Key material has ids, and `RotateKeyOnDemand` makes another one.
- A dry run does nothing and says that it would have.
- A public key is given with the ARN of its key, not with its id.

`POST /control` takes one JSON object:
- {"fault": {"key": ARN, "action": NAME, "times": N, "error": CODE | "delay": SECONDS | "garbage": true}}
  for the next N calls of that action with that key;
- {"policy": {"access_key": ID, "document": IAM POLICY}}: who shows that access key may do what the
  policy allows, and nothing else. Who has no policy may do everything.
`GET /control?key=ARN` answers how often each action was called with that key, whether it went well or
not, how many of these calls were under way at most at the same time, and how many signatures had an s
in the upper half.

It listens on a free port of the loopback, says which on the first line of its output, and ends when
its input does.
"""

import collections
import fnmatch
import hashlib
import json
import os
import sys
import threading
import time
import urllib.parse

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from moto.core import DEFAULT_ACCOUNT_ID
from moto.kms import models, responses, utils
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

# What the request that this thread answers says of its message.
asked = threading.local()

HASHES = {
    "ECDSA_SHA_256": hashes.SHA256,
    "ECDSA_SHA_384": hashes.SHA384,
    "ECDSA_SHA_512": hashes.SHA512,
}

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141  # of secp256k1

# What a key that is not enabled must not do.
USES = {
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncrypt",
    "Sign",
    "Verify",
}


class Refused(Exception):
    """What the service answers instead."""

    def __init__(self, code, message, status=400):
        super().__init__(message)
        self.code, self.message, self.status = code, message, status

    def response(self):
        body = json.dumps({"__type": self.code, "message": self.message})
        return Response(body, self.status, content_type="application/x-amz-json-1.1")


# Digests


def ecdsa(signing_algorithm, message):
    algorithm = HASHES[signing_algorithm]()
    if asked.message_type != "DIGEST":
        return ec.ECDSA(algorithm)
    if len(message) != algorithm.digest_size:
        raise responses.ValidationException("Digest is of an invalid length.")
    return ec.ECDSA(Prehashed(algorithm))


def sign(self, message, signing_algorithm):
    utils.validate_signing_algorithm(signing_algorithm, self.valid_signing_algorithms)
    return self.private_key.sign(message, ecdsa(signing_algorithm, message))


def verify(self, message, signature, signing_algorithm):
    utils.validate_signing_algorithm(signing_algorithm, self.valid_signing_algorithms)
    try:
        algorithm = ecdsa(signing_algorithm, message)
        self.private_key.public_key().verify(signature, message, algorithm)
        return True
    except InvalidSignature:
        return False


utils.ECDSAPrivateKey.sign = sign
utils.ECDSAPrivateKey.verify = verify


# Key material


def material(key):
    return hashlib.sha256(f"{key.arn}#{len(key.rotations)}".encode()).hexdigest()


def to_dict(self, plain=models.Key.to_dict):
    described = plain(self)
    if self.key_spec == "SYMMETRIC_DEFAULT":
        described["KeyMetadata"]["CurrentKeyMaterialId"] = material(self)
    return described


models.Key.to_dict = to_dict


# Requests


class Call:
    """A request to KMS, with the keys it names."""

    def __init__(self, request):
        self.action = request.headers["X-Amz-Target"].split(".")[-1]
        credential = request.headers["Authorization"].split("Credential=")[1].split("/")
        self.access_key, self.region = credential[0], credential[2]
        self.body = json.loads(request.get_data() or b"{}")
        self.keys = models.kms_backends[DEFAULT_ACCOUNT_ID][self.region]

    def find(self, name):
        if name is None:
            return None
        try:
            return self.keys.keys.get(self.keys.any_id_to_key_id(name))
        except Exception:  # moto's own answer says what is wrong with the name
            return None

    def check_names(self):
        for name in ("KeyId", "SourceKeyId", "DestinationKeyId"):
            arn, key = self.body.get(name, ""), self.find(self.body.get(name))
            if arn.startswith("arn:") and ":key/" in arn and (key is None or key.arn != arn):
                raise Refused("NotFoundException", f"Key '{arn}' does not exist")

    def sealed_by(self):
        """The key of a ciphertext of moto's, which begins with the key's id."""
        sealed = utils.base64.b64decode(self.body.get("CiphertextBlob", ""))
        name = sealed[: utils.KEY_ID_LEN].decode("utf-8", "replace")
        return self.keys.keys.get(name)

    def uses(self):
        """IAM's name of what is asked, the key it is asked of, and with which encryption context."""
        body = self.body
        if self.action == "ReEncrypt":
            source = body.get("SourceEncryptionContext", {})
            yield "ReEncryptFrom", self.sealed_by(), source
            to = self.find(body.get("DestinationKeyId"))
            yield "ReEncryptTo", to, body.get("DestinationEncryptionContext", {})
        elif self.action == "Decrypt":
            yield "Decrypt", self.sealed_by(), body.get("EncryptionContext", {})
        else:
            key = self.find(body.get("KeyId"))
            yield self.action, key, body.get("EncryptionContext", {})

    def check_states(self):
        for _, key, _ in self.uses():
            if key is None or self.action not in USES:
                continue
            if key.key_state == "Disabled":
                raise Refused("DisabledException", f"{key.arn} is disabled.")
            if key.key_state != "Enabled":
                raise Refused("KMSInvalidStateException", f"{key.arn} is pending deletion.")

    def check_source(self):
        named = {"Decrypt": "KeyId", "ReEncrypt": "SourceKeyId"}.get(self.action)
        if named in self.body:
            key = self.find(self.body[named])
            if key is None:
                raise Refused("NotFoundException", "The source key does not exist.")
            if key is not self.sealed_by():
                raise Refused("IncorrectKeyException", "The key ID in the request does not match.")

    def check_policy(self):
        policy = policies.get(self.access_key)
        if policy is None:
            return
        for action, key, context in self.uses():
            facts = self.facts(key, context)
            if key is None or not any(
                allows(statement, f"kms:{action}", key.arn, facts)
                for statement in policy["Statement"]
            ):
                arn = key.arn if key else "*"
                raise Refused(
                    "AccessDeniedException",
                    f"User is not authorized to perform: kms:{action} on resource: {arn}",
                )

    def facts(self, key, context):
        facts = {f"kms:EncryptionContext:{name}": value for name, value in context.items()}
        facts["kms:EncryptionContextKeys"] = list(context)
        for fact in ("SigningAlgorithm", "MessageType"):
            if fact in self.body:
                facts[f"kms:{fact}"] = self.body[fact]
        if key is not None:
            for name, value in self.keys.tagger.get_tag_dict_for_resource(key.id).items():
                facts[f"aws:ResourceTag/{name}"] = value
        return facts


# IAM policies: as much of them as this project's use


def listed(value):
    return value if isinstance(value, list) else [value]


def allows(statement, action, resource, facts):
    assert statement["Effect"] == "Allow", "only what allows is understood"
    return (
        action in listed(statement["Action"])
        and any(fnmatch.fnmatchcase(resource, one) for one in listed(statement["Resource"]))
        and all(
            holds(operator, facts.get(fact), wanted)
            for operator, facts_wanted in statement.get("Condition", {}).items()
            for fact, wanted in facts_wanted.items()
        )
    )


def holds(operator, fact, wanted):
    if operator == "StringEquals":
        return fact in listed(wanted)
    if operator == "ForAllValues:StringEquals":
        return all(one in listed(wanted) for one in fact or [])
    if operator == "Null":
        return (fact is None) == (wanted == "true")
    raise ValueError(f"the condition {operator} is not understood here")


# Misbehaviour, and what was asked

lock = threading.Lock()
policies = {}
faults = []
counts = collections.defaultdict(collections.Counter)
under_way = collections.Counter()
most = collections.Counter()
upper = collections.Counter()


def fault_for(call, arn):
    with lock:
        for fault in faults:
            if fault["action"] == call.action and fault["key"] == arn and fault["times"] > 0:
                fault["times"] -= 1
                return fault
    return {}


def misbehave(fault):
    if "delay" in fault:
        time.sleep(fault["delay"])
    if "error" in fault:
        status = 500 if fault["error"] == "KMSInternalException" else 400
        raise Refused(fault["error"], "so the test wants it", status)


def answer(call, environ, start_response):
    call.check_policy()
    call.check_names()
    call.check_source()
    call.check_states()
    if call.body.get("DryRun"):
        raise Refused("DryRunOperationException", "The request would have succeeded.", 412)
    asked.message_type = call.body.get("MessageType", "RAW")
    response = Response.from_app(moto, environ)
    if response.status_code != 200:
        return response
    said = json.loads(response.get_data())
    if call.action == "ReEncrypt":
        said["DestinationKeyMaterialId"] = material(call.find(said["KeyId"]))
    if call.action == "GetPublicKey":
        said["KeyId"] = call.find(said["KeyId"]).arn
    if call.action == "Sign":
        _, high = decode_dss_signature(utils.base64.b64decode(said["Signature"]))
        with lock:
            upper[said["KeyId"]] += high > ORDER // 2
    response.set_data(json.dumps(said))
    return response


def kms(request, environ, start_response):
    call = Call(request)
    named = [key.arn for _, key, _ in call.uses() if key is not None]
    arn = named[-1] if named else None
    with lock:
        counts[arn][call.action] += 1
        under_way[arn] += 1
        most[arn] = max(most[arn], under_way[arn])
    try:
        fault = fault_for(call, arn)
        misbehave(fault)
        if "garbage" in fault:
            return Response("<html>not KMS</html>", 200, content_type="text/html")
        return answer(call, environ, start_response)
    except Refused as refused:
        return refused.response()
    finally:
        with lock:
            under_way[arn] -= 1


def control(request):
    if request.method == "GET":
        arn = request.args["key"]
        with lock:
            said = {"calls": counts[arn], "at_once": most[arn], "upper": upper[arn]}
        return Response(json.dumps(said))
    told = json.loads(request.get_data())
    with lock:
        if "fault" in told:
            faults.append(told["fault"])
        if "policy" in told:
            policies[told["policy"]["access_key"]] = told["policy"]["document"]
    return Response("{}")


def application(environ, start_response):
    request = Request(environ)
    # Read by us and by moto.
    body = request.get_data()
    environ["wsgi.input"] = utils.io.BytesIO(body)
    if request.path == "/control":
        response = control(request)
    elif "X-Amz-Target" in request.headers:
        response = kms(request, environ, start_response)
    else:
        response = Response("this is KMS, and nothing else", 404)
    return response(environ, start_response)


def end_with_input():
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    moto = DomainDispatcherApplication(create_backend_app)
    server = make_server(
        "127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler
    )
    threading.Thread(target=end_with_input, daemon=True).start()
    print(server.server_port, flush=True)
    server.serve_forever()
