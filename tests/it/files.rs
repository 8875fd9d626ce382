//! The page's files: compressed beforehand, kept for as long as it is safe, not sent twice.

use crate::harness::{Answer, House, send};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;

const WASM: &str = "/pkg/app.HASH.wasm";
const SCRIPT: &str = "/pkg/app.HASH.js";

/// A built site of its own: `target/site` may be there or not, and of any build.
fn build(folder: &Path) {
    let write = |path: &str, bytes: &str| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    write("release/hash.txt", "js: HASH\nwasm: HASH\ncss: HASH\n");
    for (file, plain) in [
        ("wasm", "as it is, wasm"),
        ("js", "as it is, js"),
        ("css", "as it is, css"),
    ] {
        write(&format!("site/pkg/app.HASH.{file}"), plain);
        write(&format!("site/pkg/app.HASH.{file}.br"), "brotli");
        write(&format!("site/pkg/app.HASH.{file}.gz"), "gzip");
    }
}

async fn get(house: &House, path: &str, headers: &[(&str, &str)]) -> Answer {
    let asked = house.visitor().request(Method::GET, path);
    send(
        headers
            .iter()
            .fold(asked, |asked, (name, value)| asked.header(*name, *value)),
    )
    .await
}

#[tokio::test]
async fn files_are_sent_as_small_as_the_browser_can_read_them_and_kept_while_it_is_safe() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let house = House::with(|config| config.site_root = folder.path().join("site")).await;
    for (accepted, sent, body) in [
        ("gzip, br", "br", "brotli"),
        ("gzip", "gzip", "gzip"),
        ("identity", "", "as it is, wasm"),
    ] {
        let answer = get(&house, WASM, &[("accept-encoding", accepted)]).await;
        assert_eq!(
            (answer.header("content-encoding"), answer.body.as_str()),
            (sent, body)
        );
        assert_eq!(answer.header("content-type"), "application/wasm");
        assert_eq!(
            answer.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
    }
    // Its name says nothing of the chunks that it imports.
    let script = get(&house, SCRIPT, &[("accept-encoding", "br")]).await;
    assert_eq!(
        (script.body.as_str(), script.header("cache-control")),
        ("brotli", "no-cache")
    );
    let nothing = get(&house, "/pkg/app.OLD.wasm", &[]).await;
    assert_eq!(
        (nothing.status, nothing.header("cache-control")),
        (404, "no-store")
    );
}

#[tokio::test]
async fn a_file_that_has_not_changed_is_not_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let house = House::with(|config| config.site_root = folder.path().join("site")).await;
    for path in [WASM, SCRIPT] {
        let first = get(&house, path, &[]).await;
        let since = first.header("last-modified");
        assert!(!since.is_empty());
        let again = get(&house, path, &[("if-modified-since", since)]).await;
        assert_eq!((again.status, again.body.as_str()), (304, ""));
        assert_eq!(again.header("cache-control"), first.header("cache-control"));
    }
}

#[tokio::test]
async fn a_build_is_known_by_its_files() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let site = folder.path().join("site");
    let house = House::with(|config| config.site_root = site.clone()).await;
    let first: Value = get(&house, "/files", &[]).await.json();
    assert_eq!(
        first["files"],
        json!(["/pkg/app.HASH.css", "/pkg/app.HASH.js", "/pkg/app.HASH.wasm"])
    );
    let id = first["build"].as_str().unwrap();
    assert_eq!(id.len(), 16);
    let anna = house.first_run("anna").await;
    assert_eq!(anna.rooms().await.build, id);
    let page = anna.page("/").await;
    assert!(
        page.body.contains(&format!(r#"data-build="{id}""#)),
        "{}",
        page.body
    );

    std::fs::write(site.join("pkg/chunk.wasm"), "another part").unwrap();
    let other = House::with(|config| config.site_root = site).await;
    let second: Value = get(&other, "/files", &[]).await.json();
    assert_eq!(second["files"].as_array().unwrap().len(), 4);
    assert_ne!(second["build"], first["build"]);
}

#[tokio::test]
async fn the_manifest_speaks_the_language_of_whoever_installs() {
    let house = House::empty().await;
    for (accepted, cookie, lang, name) in [
        ("ru", "", "ru", "Цифровые сообщения"),
        ("en", "", "en", "Digital messages"),
        ("en", "lang=ru", "ru", "Цифровые сообщения"),
    ] {
        let headers = [("accept-language", accepted), ("cookie", cookie)];
        let asked = reqwest::Client::builder().no_proxy().build().unwrap();
        let asked = asked.get(house.visitor().url("/manifest.webmanifest"));
        let answer = send(
            headers
                .iter()
                .fold(asked, |asked, (name, value)| asked.header(*name, *value)),
        )
        .await;
        assert_eq!(answer.header("content-type"), "application/manifest+json");
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert!(
            answer
                .headers
                .get_all("vary")
                .iter()
                .any(|vary| vary == "Cookie, Accept-Language")
        );
        let manifest: Value = answer.json();
        assert_eq!(
            (&manifest["lang"], &manifest["name"]),
            (&json!(lang), &json!(name))
        );
        for icon in manifest["icons"].as_array().unwrap() {
            let file = Path::new("public").join(icon["src"].as_str().unwrap().trim_start_matches('/'));
            assert!(file.exists(), "{}", file.display());
        }
    }
}
