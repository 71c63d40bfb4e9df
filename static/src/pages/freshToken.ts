/**
 * Forms go out with the CSRF token of now: signing in again in another tab changes it while a page
 * with something typed stays open.
 */
import { csrfToken } from '../shared/http';

export function setUpFreshToken(): void {
  document.addEventListener('submit', ({ target }) => {
    const field = (target as HTMLFormElement).elements.namedItem('csrfmiddlewaretoken');
    if (field instanceof HTMLInputElement) field.value = csrfToken();
  });
}
