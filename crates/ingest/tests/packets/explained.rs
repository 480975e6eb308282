//! Captures of the collection of which `tshark` shows something else, and why.

/// The end of the name of a capture, and why the two differ.
pub(crate) const EXPLAINED: &[(&str, &str)] = &[
    (
        "dns_over_https_POST.pcap",
        "tshark opens the questions of DNS within requests, which are read as requests",
    ),
    (
        "http2-nghttp2.pcap",
        "tshark shows the request that the server announced, and not the first, whose packet is cut behind it",
    ),
    (
        "netlink-conntrack.pcap",
        "packets within messages of netlink are not read",
    ),
    (
        "netlink-nflog.pcap",
        "packets within messages of netlink are not read",
    ),
    (
        "fuzz_pcap_reader/netlink.pcap",
        "messages of DNS within a log of the kernel are not read",
    ),
    (
        "communityid.pcap.gz",
        "the request line has no end: the conversation is a connection",
    ),
    ("dns_port.pcap", "DNS on another port is a connection"),
    (
        "wireguard-ping-tcp-dsb.pcapng",
        "tshark opens WireGuard with the keys in the capture",
    ),
    (
        "conn-count-too-large.pcap",
        "the message claims ten questions, and tshark shows the first ten times",
    ),
    (
        "dns-invalid-names.pcap",
        "a name with a length beyond the bound is no question, and a defect",
    ),
    (
        "variant-01-chunk_2pow64_overflow.pcap",
        "a chunk of impossible size ends the request, and what follows is looked through for the next",
    ),
    (
        "variant-02-cl_uint64max.pcap",
        "a length that is no number ends the request",
    ),
    (
        "variant-09-te_obs_fold.pcap",
        "a folded Transfer-Encoding counts; tshark does not unfold it",
    ),
    (
        "connect-with-smtp.pcap",
        "tshark takes the target of CONNECT up to its first space, and mail for a body",
    ),
    ("get-to-ssh-server.pcap", "tshark takes port 22 for SSH"),
    (
        "http-09-content-length-confusion.pcap",
        "HTTP/0.9 is not read",
    ),
    (
        "http-body-match.pcap",
        "tshark undoes the compression of bodies",
    ),
    (
        "http-inner-transfer-encoding-ossfuzz.pcap",
        "tshark does not know the method",
    ),
    (
        "http-inner-transfer-encoding-reproducer.pcap",
        "tshark undoes the compression of the body",
    ),
    ("http-single-conn-22.pcap", "tshark takes port 22 for SSH"),
    ("http-to-ssh.pcap", "tshark takes port 22 for SSH"),
    (
        "http/methods.pcap",
        "lines without a target or a version are no requests of HTTP/1, and each is a defect",
    ),
    (
        "no-uri.pcap",
        "a line without a target is no request of HTTP/1",
    ),
    (
        "putty-upload.pcap",
        "the request has no end, and tshark shows nothing of it",
    ),
    (
        "query-method-non-standard-port.pcap",
        "tshark 4.0 does not know the method QUERY",
    ),
    (
        "query-method.pcap",
        "tshark 4.0 does not know the method QUERY",
    ),
    (
        "smuggle-http-request.pcap",
        "tshark undoes the compression of the body",
    ),
    (
        "zeek-image-post-1080-8000-x.pcap",
        "tshark takes port 1080 for SOCKS",
    ),
    (
        "zero-length-bodies-with-drops.pcap",
        "tshark finds no request behind a hole",
    ),
    (
        "vector-max-size-crash.pcap",
        "tshark takes damaged packets of QUIC for DNS",
    ),
    ("ssl-to-http-server.pcap", "tshark takes the port for HTTP"),
];
