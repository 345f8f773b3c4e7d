//! The Bytecode Alliance's oci-wasm, by which wkg pushes and pulls, as a program for tests.
//!
//! `oci-wasm-for-tests push FILE REFERENCE` says the digest of the manifest.
//! `oci-wasm-for-tests pull FILE REFERENCE` writes the component, and says digest and config as one JSON document.

use std::error::Error;

use oci_client::Reference;
use oci_client::client::{Client, ClientConfig, ClientProtocol};
use oci_client::secrets::RegistryAuth::Anonymous;
use oci_wasm::{WasmClient, WasmConfig};

async fn push(
    client: &WasmClient,
    file: &str,
    reference: &Reference,
) -> Result<(), Box<dyn Error>> {
    let (config, layer) = WasmConfig::from_component(file, None).await?;
    client
        .push(reference, &Anonymous, layer, config, None)
        .await?;
    println!(
        "{}",
        client.fetch_manifest_digest(reference, &Anonymous).await?
    );
    Ok(())
}

async fn pull(
    client: &WasmClient,
    file: &str,
    reference: &Reference,
) -> Result<(), Box<dyn Error>> {
    let (_, config, digest) = client
        .pull_manifest_and_config(reference, &Anonymous)
        .await?;
    let image = client.pull(reference, &Anonymous).await?;
    std::fs::write(file, &image.layers[0].data)?;
    println!(
        "{}",
        serde_json::json!({ "digest": digest, "config": config })
    );
    Ok(())
}

async fn run(words: &[String]) -> Result<(), Box<dyn Error>> {
    let [verb, file, reference] = words else {
        return Err("usage: push|pull FILE REFERENCE".into());
    };
    let config = ClientConfig {
        protocol: ClientProtocol::Http,
        ..Default::default()
    };
    let client = WasmClient::new(Client::new(config));
    let reference = reference.parse()?;
    match verb.as_str() {
        "push" => push(&client, file, &reference).await,
        "pull" => pull(&client, file, &reference).await,
        _ => Err("usage: push|pull FILE REFERENCE".into()),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(run(&words))
}
