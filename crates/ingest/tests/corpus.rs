//! Every file of a collection of real captures is read or refused as the table says.
//!
//! The collection is not part of the project: `AFFIANT_CORPUS` names it.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use affiant_ingest::{HEAD_BYTES, Item, Settings, recognise};
use affiant_model::ExhibitId;

/// What a file gives: exchanges and defects, or the reason why it is refused.
type Outcome = Result<(usize, usize), String>;

/// Reads a line of the table: the path, and the outcome.
fn row(line: &str) -> (&str, Outcome) {
    let (stated, path) = line.rsplit_once(' ').unwrap();
    let outcome = match stated.trim().strip_prefix("refused: ") {
        Some(reason) => Err(reason.to_owned()),
        None => {
            let mut numbers = stated.split_whitespace().map(|n| n.parse().unwrap());
            Ok((numbers.next().unwrap(), numbers.next().unwrap()))
        }
    };
    (path, outcome)
}

/// The folder `har` of the collection, where there is one.
fn corpus() -> Option<PathBuf> {
    #[allow(
        clippy::disallowed_methods,
        reason = "a test may be told where the collection is"
    )]
    let named = std::env::var_os("AFFIANT_CORPUS").map(PathBuf::from);
    let root = named
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"));
    Some(root.join("har")).filter(|folder| folder.is_dir())
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn outcome_of(bytes: &[u8], defects_seen: &mut BTreeMap<String, usize>) -> Outcome {
    let (mut exchanges, mut defects) = (0, 0);
    let format = recognise(&bytes[..bytes.len().min(HEAD_BYTES)]).map_err(|e| e.to_string())?;
    let read = format.read(
        &mut Cursor::new(bytes),
        ExhibitId(1),
        &Settings::default(),
        &mut |item| {
            match item {
                Item::Exchange(exchange) => {
                    exchanges += 1;
                    // Under a compression no field has a place of its own.
                    let direct = exchange.unpacked.is_none();
                    for field in exchange.fields.iter().filter(|_| direct) {
                        let start = usize::try_from(field.span.offset).unwrap();
                        let end = usize::try_from(field.span.end()).unwrap();
                        assert_eq!(
                            &bytes[start..end],
                            exchange.bytes_of(field),
                            "{:?}",
                            field.name
                        );
                    }
                }
                Item::Defect(defect) => {
                    defects += 1;
                    *defects_seen.entry(defect.message).or_default() += 1;
                }
            }
            ControlFlow::Continue(())
        },
    );
    read.map_err(|e| e.to_string())?;
    Ok((exchanges, defects))
}

#[test]
fn every_capture_is_read_or_refused_as_stated() {
    let Some(root) = corpus() else {
        println!("skipped: no collection of captures at AFFIANT_CORPUS");
        return;
    };
    let table: BTreeMap<&str, Outcome> = TABLE.lines().map(row).collect();
    assert_eq!(
        table.len(),
        TABLE.lines().count(),
        "a path stands twice in the table"
    );
    let mut found = Vec::new();
    files(&root, &mut found);
    found.sort();
    let mut wrong = Vec::new();
    for path in &found {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
        let mut defects = BTreeMap::new();
        let is = outcome_of(&fs::read(path).unwrap(), &mut defects);
        let as_stated = match (table.get(name), &is) {
            (Some(Err(reason)), Err(said)) => said.contains(reason.as_str()),
            (Some(Ok(stated)), Ok(is)) => stated == is,
            _ => false,
        };
        if !as_stated {
            wrong.push(format!("{name}: {is:?} with {defects:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "not as the table says:\n{}",
        wrong.join("\n")
    );
    assert_eq!(
        found.len(),
        table.len(),
        "the table names files that are not there"
    );
}

/// What each file gives, counted with another program than the one under test:
/// exchanges are the elements of `log.entries` whose `request.url` is not
/// empty, and a defect is each element without one, and each lack of a start
/// time, of a method, or of a body that is counted but not held, each status
/// outside of HTTP, and each difference between two places that say the same.
///
/// The differences, each looked at: `queryString` has values that the address
/// does not have in the files of `grafana+har-to-k6` that say so by their names
/// (`query`, `url-constructed`, `url-runtime`, `issue-58`, and both entries of
/// `variable-instead-of-protocol`), in `deep-input.json` and in `someapi`, and
/// three times in each of `assetsRedirects.har`, `connectionKeepAlive.har` and
/// `documentRedirect.har`: their writer put the word `Array` in the place of
/// values whose names end in `[]`. `cookies` has two values beyond the Cookie
/// header in `deep-input.json`. The header `:path` names another path than the
/// address in both files of `someapi`, and `:scheme` another scheme in
/// `pseudo-headers.har`. No body is shorter than half of what is stated (of 32
/// that state a size and no content coding, the shortest holds 1957 bytes of
/// 2042), and none is damaged.
///
/// Fewer exchanges than elements: `deep-input.json` has one element with an
/// empty address, `missing_page.har` (one) and `missing_pageref.har` (two) have
/// the members of `request` misplaced into `postData`. The many defects of
/// `en.wikipedia.org-webpagetest-chrome.har` are requests without method, the
/// twelve of `wpt_h2_www.filamentgroup.com.har` statuses of −2.
///
/// Refused, each looked at: single requests, responses and entries without
/// `log` (four of `Kong+insomnia`, five of `node-har-validator`, and
/// `single_entry.har`); a HAR inside another member (`har_extractor.har`); a
/// log without entries (`page.har`); an array in place of `log`, and no end
/// (`brokenfile.har`).
///
/// A line is exchanges, defects and path, or `refused:`, a part of the reason, and path.
const TABLE: &str = "\
    1   0  Arkptz+mitm2openapi/testdata/har/base64_body.har
    3   0  Arkptz+mitm2openapi/testdata/har/multi.har
    1   0  Arkptz+mitm2openapi/testdata/har/simple.har
refused: no member `log`  Kong+insomnia/packages/insomnia/src/common/__fixtures__/har/test-response.json
    1   3  Kong+insomnia/packages/insomnia/src/utils/importers/importers/fixtures/har/deep-input.json
refused: no member `log`  Kong+insomnia/packages/insomnia/src/utils/importers/importers/fixtures/har/form-data-input.json
refused: no member `log`  Kong+insomnia/packages/insomnia/src/utils/importers/importers/fixtures/har/minimal-input.json
    0   0  Kong+insomnia/packages/insomnia/src/utils/importers/importers/fixtures/har/no-requests-input.json
refused: no member `log`  Kong+insomnia/packages/insomnia/src/utils/importers/importers/fixtures/har/shallow-input.json
    1   0  Netflix+pollyjs/examples/jest-node-fetch/__recordings__/jest-node-fetch_1142061259/posts_1278140380/should-return-post_148615714/recording.har
    1   0  Netflix+pollyjs/examples/jest-node-fetch/__recordings__/jest-node-fetch_1142061259/users_1585235219/should-return-user_4259424139/recording.har
    5   0  Netflix+pollyjs/examples/jest-puppeteer/__recordings__/jest-puppeteer_2726822272/should-be-able-to-navigate-to-all-routes_1130491217/recording.har
    1   0  Netflix+pollyjs/examples/node-fetch/recordings/node-fetch_2851505768/should-work_3457346403/recording.har
    2   0  Netflix+pollyjs/examples/puppeteer/recordings/puppeteer_2155046665/recording.har
    1   0  Netflix+pollyjs/examples/rest-persister/recordings/REST-Persister_2289553200/should-work_3457346403/recording.har
    1   0  Netflix+pollyjs/examples/typescript-jest-node-fetch/__recordings__/github-api-client_2139812550/getUser_1648904580/recording.har
    2   0  SvenskaSpel+har2locust/tests/inputs/reqres.in.har
    1   0  SvenskaSpel+har2locust/tests/inputs/string-problematic-characters.har
    1   0  SvenskaSpel+har2locust/tests/inputs/url-encoded-body-no-text-field.har
refused: no member `log`  ahmadnassri+node-har-validator/test/fixtures/har/invalid.json
    1   0  ahmadnassri+node-har-validator/test/fixtures/har/valid.json
refused: no member `log`  ahmadnassri+node-har-validator/test/fixtures/request/invalid.json
refused: no member `log`  ahmadnassri+node-har-validator/test/fixtures/request/valid.json
refused: no member `log`  ahmadnassri+node-har-validator/test/fixtures/response/invalid.json
refused: no member `log`  ahmadnassri+node-har-validator/test/fixtures/response/valid.json
    8   0  browserup+browserup-proxy/browserup-proxy-core/src/test/resources/sstoehr.har
    8   2  browserup+browserup-proxy/browserup-proxy-core/src/test/resources/sstoehr.invalid-date.har
    8   0  browserup+browserup-proxy/browserup-proxy-core/src/test/resources/sstoehr.invalid-integer.har
    1   1  grafana+har-to-k6/example/api-check.har
    1   1  grafana+har-to-k6/example/blacklisted-headers.har
    1   1  grafana+har-to-k6/example/checks.har
    1   1  grafana+har-to-k6/example/entry.har
    1   1  grafana+har-to-k6/example/headers.har
    1   1  grafana+har-to-k6/example/inconsistent-content-type.har
    5   5  grafana+har-to-k6/example/invalid-sleep.har
    2   2  grafana+har-to-k6/example/multi-variable-check.har
    1   1  grafana+har-to-k6/example/options.har
refused: its `log` has no `entries`  grafana+har-to-k6/example/page.har
    2   2  grafana+har-to-k6/example/params.har
    1   2  grafana+har-to-k6/example/pseudo-headers.har
    1   2  grafana+har-to-k6/example/query.har
    2   2  grafana+har-to-k6/example/scope-vars.har
    5   5  grafana+har-to-k6/example/scopes.har
    5   5  grafana+har-to-k6/example/sleep.har
    1   1  grafana+har-to-k6/example/stages.har
    1   1  grafana+har-to-k6/example/text.har
    2   3  grafana+har-to-k6/example/url-constructed.har
    2   3  grafana+har-to-k6/example/url-runtime.har
    2   2  grafana+har-to-k6/example/variable.har
    5   5  grafana+har-to-k6/test/e2e/multi-convert-scenarios/no-export-props.har
    1   1  grafana+har-to-k6/test/e2e/multi-convert-scenarios/with-export-props-1.har
    5   5  grafana+har-to-k6/test/e2e/multi-convert-scenarios/with-export-props-2.har
    2   1  grafana+har-to-k6/test/e2e/pass/better-variable-avoidance.har
    2   2  grafana+har-to-k6/test/e2e/pass/css-selector-variable.har
    1   1  grafana+har-to-k6/test/e2e/pass/generate-checks.har
    2   3  grafana+har-to-k6/test/e2e/pass/issue-58_url-search-params-double-inclusion.har
    2   2  grafana+har-to-k6/test/e2e/pass/multi-variable-checks.har
    5   5  grafana+har-to-k6/test/e2e/pass/multipart-formdata.har
    2   4  grafana+har-to-k6/test/e2e/pass/variable-instead-of-protocol.har
    2   2  grafana+har-to-k6/test/e2e/pass/variables-checks.har
    3   3  grafana+har-to-k6/test/e2e/pass/x-www-form-url-encoded.har
    7   0  grafana+k6/internal/cmd/testdata/example.har
  292   7  haralyzer+haralyzer/tests/data/cnn-chrome.har
  145   0  haralyzer+haralyzer/tests/data/cnn.har
    4   0  haralyzer+haralyzer/tests/data/humanssuck.net.har
    5   0  haralyzer+haralyzer/tests/data/humanssuck.net_duplicate_url.har
    0   1  haralyzer+haralyzer/tests/data/missing_page.har
    0   2  haralyzer+haralyzer/tests/data/missing_pageref.har
    4   0  haralyzer+haralyzer/tests/data/multi_test_1.har
    4   0  haralyzer+haralyzer/tests/data/multi_test_2.har
    4   0  haralyzer+haralyzer/tests/data/multi_test_3.har
    4   0  haralyzer+haralyzer/tests/data/multi_test_4.har
    4   0  haralyzer+haralyzer/tests/data/no_title.har
refused: no member `log`  haralyzer+haralyzer/tests/data/single_entry.har
    1   2  mandrean+har-rs/tests/fixtures/someapi123.har
    3   2  mandrean+har-rs/tests/fixtures/someapi13.har
   44   0  micmro+PerfCascade/src/test-data/browsertime_h2_filamentgroup.com.har
   27   0  micmro+PerfCascade/src/test-data/browsertime_sitespeed.io.har
    2   0  micmro+PerfCascade/src/test-data/capture-har_cnn.har
   11   0  micmro+PerfCascade/src/test-data/capture-har_redirect-loop.har
   65   0  micmro+PerfCascade/src/test-data/chrome_enorm-magazin.de.har
   20   2  micmro+PerfCascade/src/test-data/chrome_github.com_home.har
   16   0  micmro+PerfCascade/src/test-data/chrome_h2_h2o.examp1e.net.har
   11   0  micmro+PerfCascade/src/test-data/chrome_h2_www.nghttp2.org.har
   15   0  micmro+PerfCascade/src/test-data/firefox_h2_filamentgroup.com.har
   10   0  micmro+PerfCascade/src/test-data/firefox_www.nghttp2.org.har
   16   2  micmro+PerfCascade/src/test-data/github.com.151226_X7_b43d35e592fab70e0ba012fe11a41020.har
   16   2  micmro+PerfCascade/src/test-data/github.com.MODIFIED.151226_X7_b43d35e592fab70e0ba012fe11a41020.har
   16   2  micmro+PerfCascade/src/test-data/wpt_github.com.151226_X7_b43d35e592fab70e0ba012fe11a41020.har
   41  14  micmro+PerfCascade/src/test-data/wpt_h2_www.filamentgroup.com.har
   20   2  micmro+PerfCascade/src/test-data/wpt_h2_www.nghttp2.org.har
  120   0  micmro+PerfCascade/src/test-data/www.bbc.com.har
    5   0  microsoft+playwright/tests/assets/har-fulfill.har
    3   0  microsoft+playwright/tests/assets/har-redirect.har
    1   0  microsoft+playwright/tests/assets/har-sha1.har
refused: its `log` is not an object  mitmproxy+mitmproxy/test/mitmproxy/data/corrupted_har/brokenfile.har
    1   0  mitmproxy+mitmproxy/test/mitmproxy/data/flows/corrupted_gzip_body.har
    2   0  mitmproxy+mitmproxy/test/mitmproxy/data/flows/error_log.har
    2   0  mitmproxy+mitmproxy/test/mitmproxy/data/flows/event_stream.har
    4   0  mitmproxy+mitmproxy/test/mitmproxy/data/flows/incomplete_log.har
    2   0  mitmproxy+mitmproxy/test/mitmproxy/data/flows/successful_log.har
refused: no member `log`  mitmproxy+mitmproxy/test/mitmproxy/data/har_extractor.har
    1   0  mitmproxy+mitmproxy/test/mitmproxy/data/har_files/charles.har
   14   0  mitmproxy+mitmproxy/test/mitmproxy/data/har_files/firefox.har
    1   0  mitmproxy+mitmproxy/test/mitmproxy/data/har_files/head-content-length.har
    1   0  mitmproxy+mitmproxy/test/mitmproxy/data/har_files/insomnia.har
    1   0  mitmproxy+mitmproxy/test/mitmproxy/data/har_files/postdata.har
    1   0  mitmproxy+mitmproxy/test/mitmproxy/data/har_files/with-bom.har
    8   0  sdstoehr+har-reader/src/test/resources/sstoehr.har
    8   2  sdstoehr+har-reader/src/test/resources/sstoehr.invalid-date.har
    8   0  sdstoehr+har-reader/src/test/resources/sstoehr.long-timing.har
  328   3  sitespeedio+coach-core/test/har/files/assetsRedirects.har
  102   0  sitespeedio+coach-core/test/har/files/assetsRedirects2.har
  212   3  sitespeedio+coach-core/test/har/files/cacheHeaders.har
  222   0  sitespeedio+coach-core/test/har/files/compressAssets2.har
  328   3  sitespeedio+coach-core/test/har/files/connectionKeepAlive.har
   10   0  sitespeedio+coach-core/test/har/files/connectionKeepAlive2.har
  258   0  sitespeedio+coach-core/test/har/files/cpuTime.har
  212   3  sitespeedio+coach-core/test/har/files/cssSize.har
  304   4  sitespeedio+coach-core/test/har/files/cssSize2.har
  328   3  sitespeedio+coach-core/test/har/files/documentRedirect.har
  553   0  sitespeedio+compare/test/har/browsertime-chrome-wikipedia.har.gz
  551   0  sitespeedio+compare/test/har/browsertime-firefox-wikipedia.har.gz
  111   0  sitespeedio+compare/test/har/en.wikipedia.org-webpagetes-firefox.har
  110  88  sitespeedio+compare/test/har/en.wikipedia.org-webpagetest-chrome.har
   16   0  tweaselORG+ReportHAR/test/fixtures/android/first-run.har
   14   0  tweaselORG+ReportHAR/test/fixtures/android/second-run.har
";
