//! Capture files to packets, TCP streams and UDP datagrams.
