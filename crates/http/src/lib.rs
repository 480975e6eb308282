//! HTTP/1 and HTTP/2 out of the two byte streams of a conversation.
