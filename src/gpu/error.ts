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

/** Keeps the first error that a device reports, which is later than the call that caused it. */
export class ErrorLatch {
  /** Whether the device was given back, which is no loss. */
  closed = false;
  #error: DeviceError | undefined;
  #lost: DeviceError | undefined;

  /** Of one device. */
  constructor(gpu: GPUDevice) {
    gpu.addEventListener("uncapturederror", (event) => {
      const { message } = (event as GPUUncapturedErrorEvent).error;
      this.#error ??= new DeviceError(`The GPU reported: ${message.trim()}`);
    });
    gpu.lost.then(({ message, reason }) => {
      if (this.closed) return;
      this.#lost = new DeviceError(
        `Cannot use the GPU: the device was lost (${reason}: ${message}). Run the command again.`,
      );
    });
  }

  /** Throws the error, if there is one; a lost device is one for ever. */
  check(): void {
    const error = this.#lost ?? this.#error;
    this.#error = undefined;
    if (error) throw error;
  }
}
