//! The page's files: compressed beforehand, kept for as long as it is safe, not sent twice.

use crate::harness::{Answer, House, send};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;

/// A built site of its own: `target/site` may be there or not, and of any build.
fn build(folder: &Path) {
    let write = |path: &str, bytes: &str| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    for (file, plain) in [
        ("wasm", "as it is, wasm"),
        ("js", "as it is, js"),
        ("css", "as it is, css"),
    ] {
        write(&format!("site/pkg/app.{file}"), plain);
        write(&format!("site/pkg/app.{file}.br"), "brotli");
        write(&format!("site/pkg/app.{file}.gz"), "gzip");
    }
    write("site/sw.js", "// works");
}

/// The address of a file of the build that is served.
async fn address(house: &House, name: &str) -> String {
    let files: Value = get(house, "/files", &[]).await.json();
    format!("/pkg/{}/{name}", files["build"].as_str().unwrap())
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
async fn files_are_sent_as_small_as_the_browser_can_read_them_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let house = House::with(|config| config.site_root = folder.path().join("site")).await;
    let wasm = address(&house, "app.wasm").await;
    for (accepted, sent, body) in [
        ("gzip, br", "br", "brotli"),
        ("gzip", "gzip", "gzip"),
        ("identity", "", "as it is, wasm"),
    ] {
        let answer = get(&house, &wasm, &[("accept-encoding", accepted)]).await;
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
    // Of another build, or of none: it must not be kept, nor lead to a door.
    let other = format!("/pkg/{}/app.wasm", "0".repeat(16));
    let gone = wasm.replace("app.", "gone.");
    for path in [&other, &gone, "/pkg/app.wasm"] {
        let nothing = get(&house, path, &[]).await;
        assert_eq!(
            (nothing.status, nothing.header("cache-control"), &*nothing.body),
            (404, "no-store", "")
        );
    }
}

#[tokio::test]
async fn a_file_that_has_not_changed_is_not_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let house = House::with(|config| config.site_root = folder.path().join("site")).await;
    let first = get(&house, "/sw.js", &[]).await;
    assert_eq!((first.status, first.header("cache-control")), (200, "no-cache"));
    let since = first.header("last-modified");
    assert!(!since.is_empty());
    let again = get(&house, "/sw.js", &[("if-modified-since", since)]).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    assert_eq!(again.header("cache-control"), first.header("cache-control"));
}

#[tokio::test]
async fn a_build_is_known_by_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let site = folder.path().join("site");
    let house = House::with(|config| config.site_root = site.clone()).await;
    let first: Value = get(&house, "/files", &[]).await.json();
    let id = first["build"].as_str().unwrap();
    assert_eq!(id.len(), 16);
    let named = ["css", "js", "wasm"].map(|kind| format!("/pkg/{id}/app.{kind}"));
    assert_eq!(first["files"], json!(named));
    let anna = house.first_run("anna").await;
    assert_eq!(anna.rooms().await.build, id);
    // A page names its build, and asks for that one's files.
    let page = anna.page("/").await;
    for part in [
        format!(r#"data-build="{id}""#),
        format!(r#"href="{}""#, named[0]),
        format!(r#"href="{}""#, named[1]),
        format!(r#"href="{}""#, named[2]),
    ] {
        assert!(page.body.contains(&part), "{part}: {}", page.body);
    }

    // Of the same length.
    std::fs::write(site.join("pkg/app.js"), "as it is, JS").unwrap();
    let other = House::with(|config| config.site_root = site).await;
    let second: Value = get(&other, "/files", &[]).await.json();
    assert_eq!(second["files"].as_array().unwrap().len(), 3);
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
