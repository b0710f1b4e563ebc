/** A scene played on both sides, and their answers compared. */
import type { Points } from '../../points.ts';
import { leaves } from './normalise.ts';
import type { Answer, Scene, Side } from './side.ts';

export async function both(points: Points, scene: Scene, ours: Side, theirs: Side): Promise<void> {
  // At the same time: neither knows of the other.
  await Promise.all(
    [ours, theirs].map((side) => {
      side.begin(scene);
      return scene.play(side);
    }),
  );
  for (const [index, answer] of ours.answers.entries()) compare(points, scene.name, answer, theirs.answers[index]);
}

/** Field by field; what one refuses and the other does not is one point. */
function compare(points: Points, scene: string, ours: Answer, theirs: Answer | undefined): void {
  const point = `${scene}: ${ours.step}`;
  const refused = (one: unknown): boolean => typeof one === 'object' && one !== null && 'refused' in one;
  if (refused(ours.value) !== refused(theirs?.value)) {
    points.differ(point, ours.value, theirs?.value);
    return;
  }
  const here = leaves(ours.value);
  const there = leaves(theirs?.value);
  // An answer without a field, to which both say yes.
  if (here.size === 0 && there.size === 0) points.agree();
  for (const path of new Set([...here.keys(), ...there.keys()]))
    points.compare(`${point}: ${path}`, here.get(path), there.get(path));
}
