/** The build puts jco's own wasm files in, as base64. */
declare module "*.wasm" {
  const base64: string;
  export default base64;
}
