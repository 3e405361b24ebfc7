/**
 * What the GPU reports: no adapter, an invalid shader or call, memory exhausted, a lost device.
 *
 * WebGPU reports such errors later than the call that caused them. The device keeps the first one
 * and throws it at the next read.
 */
export class DeviceError extends Error {
  /** The name shown before the message. */
  override readonly name = "DeviceError";
}
