// sum over the T threads of a workgroup, by halves, in a fixed order
// Declares `added`, which all of them call with what each has; T, Sums and shared_sums are the kernel's. Nothing runs by itself.

fn added(own: Sums, t: u32) -> Sums {
  if (T == 1) { return own; }
  shared_sums[t] = own;
  for (var half = T / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (t < half) { shared_sums[t] += shared_sums[t + half]; }
  }
  return shared_sums[0];
}
