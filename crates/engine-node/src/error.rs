use std::io;

use napi::Error;
use sluice_engine::EngineError;

/// An error whose `code` property in JavaScript is one of `EngineErrorCode`.
pub(crate) type CodedError = Error<&'static str>;

pub(crate) type Result<T, E = CodedError> = std::result::Result<T, E>;

pub(crate) fn from_engine(error: EngineError) -> CodedError {
    CodedError::new(error.code(), error.to_string())
}

/// An error of binding the socket.
pub(crate) fn from_bind(error: &io::Error, address: &str) -> CodedError {
    let code = match error.kind() {
        io::ErrorKind::AddrInUse => "ERR_ADDRESS_IN_USE",
        io::ErrorKind::InvalidInput => "ERR_INVALID_OPTION",
        _ => "ERR_ADDRESS_NOT_AVAILABLE",
    };
    CodedError::new(code, format!("cannot bind UDP {address}: {error}"))
}

pub(crate) fn invalid(why: String) -> CodedError {
    CodedError::new("ERR_INVALID_OPTION", why)
}

/// `None`: the connection is gone.
pub(crate) fn lost_or<T>(result: Result<T, EngineError>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(EngineError::ConnectionClosed) => Ok(None),
        Err(error) => Err(from_engine(error)),
    }
}
