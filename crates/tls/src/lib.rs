//! What a TLS handshake shows, and its application data where the keys are known.
