/// A test profile on its test device. Every value is invented; `case.toml`
/// lists the same ones as known values.
#[derive(Debug)]
pub(crate) struct Profile {
    /// Name of the device in `case.toml`.
    pub(crate) device: &'static str,
    /// Short form of it, for names of files.
    pub(crate) short: &'static str,
    pub(crate) idfa: &'static str,
    pub(crate) idfv: &'static str,
    /// `anon_id` of the SDK: `XZ` and a UUID.
    pub(crate) anon_id: &'static str,
    pub(crate) email: &'static str,
    pub(crate) name: &'static str,
    pub(crate) user_id: &'static str,
    pub(crate) city: &'static str,
    pub(crate) machine: &'static str,
    pub(crate) carrier: &'static str,
    /// Storage of the file system, in GiB.
    pub(crate) disk_total: i64,
    /// Free storage at the first run, in GiB.
    pub(crate) disk_free: i64,
}

/// Test profile A on test device A.
pub(crate) const A: Profile = Profile {
    device: "Test device A",
    short: "a",
    idfa: "7B1F3D52-9C0E-4A67-8E21-5D4C3B2A1908",
    idfv: "3E9A61C7-52B4-4F0D-A8C3-1B7D90E46F25",
    anon_id: "XZ5C2E8F14-0B7A-4D93-B6E1-F3A8297D604C",
    email: "alpha.testprofile@example.com",
    name: "Alpha Testprofile",
    user_id: "kQ3vT0m2RZq9Yb6nHs1LwA",
    city: "San Jose",
    machine: "iPhone12,1",
    carrier: "AT&T",
    disk_total: 60,
    disk_free: 41,
};

/// Test profile B on test device B.
pub(crate) const B: Profile = Profile {
    device: "Test device B",
    short: "b",
    idfa: "D4E86A09-1F75-4C3B-9A52-60B7E8F1C3D4",
    idfv: "90C4B7E2-6A1D-4E58-8F93-C25D7A0B41E6",
    anon_id: "XZA17D4B60-E85C-4329-9F04-2C6B8E1D573A",
    email: "beta.testprofile@example.com",
    name: "Beta Testprofile",
    user_id: "pX7cW4jUTfe5Gd0rKa8NzB",
    city: "Oakland",
    machine: "iPhone11,8",
    carrier: "T-Mobile",
    disk_total: 119,
    disk_free: 87,
};

/// The application, as the captures name it.
pub(crate) const BUNDLE: &str = "us.zoom.videomeetings";
/// Version of the operating system on both devices.
pub(crate) const IOS: &str = "13.3.1";
/// Time zone of both devices.
pub(crate) const ZONE: &str = "America/Los_Angeles";
/// Locale of both devices.
pub(crate) const LOCALE: &str = "en_US";
/// Number of the application at Facebook: invented.
pub(crate) const FACEBOOK_APP: &str = "100000000002020";
/// What the operating system hands out where ad tracking is limited.
pub(crate) const NO_IDFA: &str = "00000000-0000-0000-0000-000000000000";
