//! A scorer: prefers the networks of one zone, and rejects those that are too slow.

wit_bindgen::generate!({ world: "scorer", path: "../../selectors/wit" });

use exports::genie::selection::scoring::{Guest, Request, Verdict};
use exports::genie::selection::types::Candidate;
use serde::Deserialize;

/// The admin's settings; `module.json` says the same to those who set them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Settings {
    zone: String,
    /// Score of the networks of other zones.
    #[serde(default = "a_fifth")]
    elsewhere: f64,
    max_latency_ms: Option<f64>,
}

fn a_fifth() -> f64 {
    0.2
}

struct Near;
export!(Near);

impl Guest for Near {
    fn score(request: Request) -> Result<Vec<Verdict>, String> {
        let settings: Settings =
            serde_json::from_str(&request.settings).map_err(|error| format!("settings: {error}"))?;
        Ok(request.candidates.iter().map(|candidate| judge(candidate, &settings)).collect())
    }
}

/// A network whose latency was never measured is not rejected for it.
fn judge(candidate: &Candidate, settings: &Settings) -> Verdict {
    let latency_ms = candidate.kpis.iter().find(|kpi| kpi.name == "latency-ms").map(|kpi| kpi.value);
    if let (Some(found), Some(most)) = (latency_ms, settings.max_latency_ms) {
        if found > most {
            return Verdict::Reject(format!("{found} ms, and {most} ms are allowed"));
        }
    }
    let zone = candidate.attributes.iter().find(|attribute| attribute.key == "zone");
    let is_near = zone.is_some_and(|attribute| attribute.value == settings.zone);
    Verdict::Score(if is_near { 1.0 } else { settings.elsewhere })
}
