//! Who may sell the advertising space of an application or site: the IAB's
//! `app-ads.txt`, `ads.txt` and `sellers.json`.

pub(super) mod ads_txt;
pub(super) mod sellers_json;
