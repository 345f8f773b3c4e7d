/** What jco asks of its surroundings where nothing of node is within reach. Imported before it. */
import core from "jco-core.wasm";
import core2 from "jco-core2.wasm";

const BASE64_BY_URL: Readonly<Record<string, string>> = {
  "./js-component-bindgen-component.core.wasm": core,
  "./js-component-bindgen-component.core2.wasm": core2,
};

/** Without `process.versions`, jco looks for its wasm files as in a browser; here they lie in the program. */
Object.assign(globalThis, {
  URL: String,
  fetch: async (url: string) => Buffer.from(BASE64_BY_URL[String(url)] ?? "", "base64"),
  crypto: { getRandomValues: (bytes: Uint8Array) => bytes }, // for the seed of its hash tables
});
Object.assign(WebAssembly, { compileStreaming: async (bytes: Uint8Array) => new WebAssembly.Module(bytes) });
