//! What the SDK says, as what a caller can do about it.

use std::error::Error;

use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use vaultpilot_ports::keys::KeyError;

/// As long as a message of KMS that names a role, an operation and a key.
const MAX_DETAIL: usize = 400;

pub(crate) fn of<E>(error: &SdkError<E>) -> KeyError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::TimeoutError(_) => KeyError::TimedOut,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => KeyError::TimedOut,
        SdkError::DispatchFailure(_) => unavailable("AWS KMS cannot be reached", error),
        // Credentials are looked for before there is a request.
        SdkError::ConstructionFailure(_) => unavailable("no call to AWS KMS could be made", error),
        SdkError::ServiceError(said) => match said.err().code() {
            Some(code) => refused(code, said.err().message().unwrap_or_default()),
            None => nonsense(error),
        },
        _ => nonsense(error),
    }
}

fn refused(code: &str, message: &str) -> KeyError {
    let detail = || detail(if message.is_empty() { code } else { message });
    match code {
        "InvalidCiphertextException" | "IncorrectKeyException" => KeyError::NotUnwrapped,
        "DisabledException" | "KMSInvalidStateException" => KeyError::Disabled { detail: detail() },
        "ThrottlingException"
        | "Throttling"
        | "LimitExceededException"
        | "RequestLimitExceeded"
        | "TooManyRequestsException" => KeyError::Throttled,
        "AccessDeniedException"
        | "AccessDenied"
        | "ExpiredTokenException"
        | "IncompleteSignature"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "MissingAuthenticationToken"
        | "NotAuthorized"
        | "OptInRequired"
        | "RequestExpired"
        | "UnrecognizedClientException" => KeyError::Denied { detail: detail() },
        "DependencyTimeoutException" => KeyError::TimedOut,
        // Whoever may not know of a key in another account is told the same.
        "NotFoundException" => KeyError::Unavailable {
            detail: format!(
                "AWS KMS has no such key: {}; restore it, or correct its ARN",
                detail()
            ),
        },
        "InvalidKeyUsageException"
        | "UnsupportedOperationException"
        | "ValidationException"
        | "InvalidArnException" => KeyError::Unsupported { what: detail() },
        code => KeyError::Unavailable {
            detail: format!("AWS KMS answered {}: {}", self::detail(code), detail()),
        },
    }
}

fn nonsense(error: &dyn Error) -> KeyError {
    unavailable("AWS KMS answered what it should not", error)
}

fn unavailable(what: &str, error: &dyn Error) -> KeyError {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    KeyError::Unavailable {
        detail: format!("{what}: {}", detail(&cause.to_string())),
    }
}

/// One line, and not a long one: it goes into logs and answers.
fn detail(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MAX_DETAIL)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_says_what_can_be_done_about_it() {
        let code = |code: &str| refused(code, "why").code();
        for (said, expected) in [
            ("InvalidCiphertextException", "key_not_unwrapped"),
            ("IncorrectKeyException", "key_not_unwrapped"),
            ("DisabledException", "key_disabled"),
            ("KMSInvalidStateException", "key_disabled"),
            ("ThrottlingException", "key_provider_throttled"),
            ("LimitExceededException", "key_provider_throttled"),
            ("AccessDeniedException", "key_provider_denied"),
            ("ExpiredTokenException", "key_provider_denied"),
            ("DependencyTimeoutException", "key_provider_timed_out"),
            ("NotFoundException", "key_provider_unavailable"),
            ("KeyUnavailableException", "key_provider_unavailable"),
            ("KMSInternalException", "key_provider_unavailable"),
            ("SomethingNewException", "key_provider_unavailable"),
            ("InvalidKeyUsageException", "key_provider_unsupported"),
        ] {
            assert_eq!(code(said), expected, "{said}");
        }
    }

    #[test]
    fn a_detail_is_one_short_line() {
        let hostile = format!("a\nb\u{1b}[31m{}", "x".repeat(10_000));
        let KeyError::Denied { detail } = refused("AccessDeniedException", &hostile) else {
            panic!("it is denied");
        };
        assert!(detail.starts_with("a b [31mxx"), "{detail}");
        assert_eq!(detail.chars().count(), MAX_DETAIL);
        let KeyError::Denied { detail } = refused("AccessDeniedException", "") else {
            panic!("it is denied");
        };
        assert_eq!(detail, "AccessDeniedException", "never nothing");
    }
}
