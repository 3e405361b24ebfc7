import { type Layout, NORM } from "./layout.ts";

/** Blocks of each stage, 2 to 7. */
const BLOCKS = [3, 3, 6, 3, 1, 1];

/** MXNet's names of a batch norm's values; statistics are kept apart from what is learnt. */
const MXNET = [["arg", "gamma"], ["arg", "beta"], ["aux", "moving_mean"], ["aux", "moving_var"]];

/** Our names, which are PSA's, and those of the model A1 that ademxapp publishes for MXNet. */
function* names(): Generator<[ours: string, mxnet: string]> {
  const norm = function* (ours: string, mxnet: string): Generator<[string, string]> {
    for (const [i, part] of NORM.entries()) {
      yield [`${ours}.${part}`, `${MXNET[i][0]}:${mxnet}_${MXNET[i][1]}`];
    }
  };
  yield ["conv1a.weight", "arg:conv1a_weight"];
  for (const [i, count] of BLOCKS.entries()) {
    const stage = i + 2;
    for (let b = 0; b < count; b++) {
      const ours = b === 0 ? `b${stage}` : `b${stage}_${b}`;
      const theirs = b === 0 ? `${stage}a` : `${stage}b${b}`;
      for (const branch of ["2a", "2b1", ...(stage < 6 ? [] : ["2b2"])]) {
        yield* norm(`${ours}.bn_branch${branch}`, `bn${theirs}_branch${branch}`);
        yield [`${ours}.conv_branch${branch}.weight`, `arg:res${theirs}_branch${branch}_weight`];
      }
      if (b === 0) yield [`${ours}.conv_branch1.weight`, `arg:res${theirs}_branch1_weight`];
    }
  }
  yield* norm("bn7", "bn7");
}

const pairs = [...names()];

/** The forms in which ResNet-38 is published: PSA's, which SSDD has taken over, and ademxapp's. */
export const resNet38Layouts: readonly Layout[] = [
  {
    name: "PSA",
    network: "resnet38",
    tensors: new Map(pairs.map(([ours]) => [ours, ours])),
    folded: new Map(),
    classifier: "fc8",
  },
  {
    name: "ademxapp",
    network: "resnet38",
    tensors: new Map(pairs),
    folded: new Map(),
    classifier: "arg:linear1000",
  },
];
