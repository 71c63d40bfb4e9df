/** What a file seems to be, from its name alone; the server looks inside. */
import { gettext } from '../shared/i18n';

export function kindOf(path: string): string {
  const name = path.split('/').pop() ?? '';
  const extension = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  if (['dcm', 'dicom', 'ima'].includes(extension) || /^[0-9]+$/.test(extension)) return 'DICOM';
  if (['jpg', 'jpeg'].includes(extension)) return 'JPEG';
  if (extension === 'png') return 'PNG';
  if (['mp4', 'm4v', 'mov', 'mpg', 'mpeg', 'avi'].includes(extension)) return gettext('Video');
  if (extension === 'zip') return 'ZIP';
  if (extension === 'tar') return 'TAR';
  if (extension === '') return gettext('DICOM?');
  return extension.toUpperCase();
}
