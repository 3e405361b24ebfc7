// Declarations of the kernel that convolves and convolves depthwise: rows of sixteen columns and their sums.
// Nothing runs by itself.
override WG: u32 = 8;
override S: u32 = 1; // stride of the depthwise convolution, 1 or 2
override LEFT: u32 = 1; // its columns of padding: 1, or with stride 2 none
override RIGHT: bool = S == 1 || LEFT == 0; // whether the column after the sixteen is under a tap
override X_LEFT: u32 = 0; // columns of padding of x: 0 or 1
override ACT: u32 = 0; // 1 ReLU, 2 ReLU6
struct Params {
  threads: u32, groups: u32, strips: u32, blocks: u32, c: u32, e: u32, rows: u32, top: u32,
  x_h: u32, x_w: u32, quads: u32, x_top: u32, h: u32, w: u32, y_h: u32, y_quads: u32, // x_w, w: columns that count
}
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> v: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<vec4f>;
@group(0) @binding(3) var<storage, read> a: array<f32>;
@group(0) @binding(4) var<storage, read> b: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(6) var<uniform> params: Params;
fn ld_x(i: u32) -> vec4f { return x[i]; }
fn ld_v(i: u32) -> vec4f { return v[i]; }
fn ld_w(i: u32) -> vec4f { return w[i]; }

// Sixteen columns of a row and the one on either side.
struct Row { l: f32, a: vec4f, b: vec4f, c: vec4f, d: vec4f, r: f32 }
// A row of eight channels.
struct Rows { z0: Row, z1: Row, z2: Row, z3: Row, z4: Row, z5: Row, z6: Row, z7: Row }
