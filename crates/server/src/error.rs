//! Why the server does not start.

/// What can go wrong with the server itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// The threads for conversions could not be started.
    #[error("a thread of the server could not be started")]
    Thread {
        /// Why.
        source: std::io::Error,
    },
    /// The signals to stop cannot be listened to.
    #[error("the signals to stop (SIGTERM, SIGINT) cannot be listened to")]
    Signal {
        /// Why.
        source: std::io::Error,
    },
}
