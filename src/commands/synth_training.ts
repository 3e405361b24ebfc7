/** Widths of the CRF in pixels, for pictures of 64 x 64. */
export const crfOfScenes = { crfSmoothWidth: 2, crfWidth: 20 } as const;

/** Options of training that suit the small pictures of synthetic sets. */
export const synthTraining = {
  scores: "cam",
  backgroundPower: 8,
  ...crfOfScenes,
  imageSize: 64,
  predictorWidth: 32,
  learningRate: 3e-3,
} as const;

/**
 * Options of `seeds` for them. Their activation maps cover whole objects, so that the background
 * scores are far larger than those of photographs: (1 - max)^0.6 where PSA has (1 - max)^16.
 */
export const synthSeeds = {
  network: "encoder-decoder",
  ...crfOfScenes,
  classifier: {
    imageSize: 64,
    longSide: [64, 68], // a class is known by the width of its pattern
    batch: 8,
    learningRate: 3e-3,
    dropout: 0,
    gain: 1,
  },
  cam: { scales: [1, 2], mapStride: 1, background: 0.6 },
  affinity: { imageSize: 64, epochs: 4, lowBackgroundPower: 0.3, highBackgroundPower: 2 },
  walk: { backgroundPower: 0.6, logSteps: 2, crf: false },
} as const;

/** Options of dynamic refinement for them, beginning with what static training has learnt. */
export const synthDynamic = {
  firstDifferenceBias: 0,
  secondDifferenceBias: 0,
  ...crfOfScenes,
  scaleKernels: true,
} as const;
