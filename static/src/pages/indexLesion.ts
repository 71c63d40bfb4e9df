/** The index-lesion form: takes the box drawn in the viewer into its hidden fields. */
import { on } from '../shared/events';

export function setUpIndexLesion(): void {
  const form = document.querySelector<HTMLFormElement>('#index-lesion');
  if (!form) return;
  const field = (name: string): HTMLInputElement =>
    form.elements.namedItem(name) as HTMLInputElement;
  const save = form.querySelector<HTMLButtonElement>('button.button--primary');
  on('rr:box-drawn', (box) => {
    field('centre_mm').value = box ? box.centre_mm.join(',') : '';
    field('size_mm').value = box ? box.size_mm.join(',') : '';
    if (save) save.disabled = !box;
  });
}
