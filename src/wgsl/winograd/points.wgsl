// y = A^T ((G w) (B^T x)): four sums of three products, from six pixels, by six products
// The transforms of F(4,3) at the points 0, 2/3, -2/3, 3/2, -3/2 and infinity. Nothing runs by itself.
const P = 0.6666666667;
const Q = 1.5;
const PP = 0.4444444444;
const QQ = 2.25;
const PPP = 0.2962962963;
const QQQ = 3.375;
const SUM = 2.694444444; // PP + QQ
const RP = -0.6230769231; // 1 / (2 PP (PP - QQ))
const RQ = 0.1230769231; // 1 / (2 QQ (QQ - PP))

// B^T x
fn of_pixels(x: array<vec4f, 6>) -> array<vec4f, 6> {
  let e = x[4] - QQ * x[2];
  let o = P * x[3] - Q * x[1];
  let f = x[4] - PP * x[2];
  let q = Q * x[3] - P * x[1];
  return array<vec4f, 6>(
    x[0] + x[4] - SUM * x[2], e + o, e - o, f + q, f - q, x[1] + x[5] - SUM * x[3],
  );
}

// A y
fn of_gradients(y: array<vec4f, 6>) -> array<vec4f, 6> {
  let e = y[0] + PP * y[2];
  let o = P * y[1] + PPP * y[3];
  let f = y[0] + QQ * y[2];
  let q = Q * y[1] + QQQ * y[3];
  return array<vec4f, 6>(y[0], e + o, e - o, f + q, f - q, y[3]);
}

// A^T t
fn to_sums(t: array<vec4f, 6>) -> array<vec4f, 4> {
  let e = t[1] + t[2];
  let o = t[1] - t[2];
  let f = t[3] + t[4];
  let q = t[3] - t[4];
  return array<vec4f, 4>(t[0] + e + f, P * o + Q * q, PP * e + QQ * f, PPP * o + QQQ * q + t[5]);
}

// G w
fn of_weights(w: array<vec4f, 3>) -> array<vec4f, 6> {
  let e = RP * (w[0] + PP * w[2]);
  let o = RP * P * w[1];
  let f = RQ * (w[0] + QQ * w[2]);
  let q = RQ * Q * w[1];
  return array<vec4f, 6>(w[0], e + o, e - o, f + q, f - q, w[2]);
}

// G^T t
fn to_weights(t: array<vec4f, 6>) -> array<vec4f, 3> {
  let e = RP * (t[1] + t[2]);
  let o = RP * (t[1] - t[2]);
  let f = RQ * (t[3] + t[4]);
  let q = RQ * (t[3] - t[4]);
  return array<vec4f, 3>(t[0] + e + f, P * o + Q * q, PP * e + QQ * f + t[5]);
}
