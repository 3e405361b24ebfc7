// Puts Dawn, the WebGPU of Chromium, in the place of Deno's own: `deno test -A --preload tests/dawn.ts`.
// Shaders are then compiled by Tint, and SwiftShader or a GPU runs them.
import { create, globals } from "webgpu";

Object.assign(globalThis, globals);
Object.defineProperty(navigator, "gpu", { value: create([]), configurable: true });
