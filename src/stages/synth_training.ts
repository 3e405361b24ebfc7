/** Options of training that suit the small pictures of synthetic sets. */
export const synthTraining = {
  scores: "cam",
  backgroundPower: 8,
  crfSmoothWidth: 2,
  crfWidth: 20,
  imageSize: 64,
  predictorWidth: 32,
  learningRate: 3e-3,
} as const;
