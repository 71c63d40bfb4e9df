/** Words for the codes in an AI result. */
import { gettext } from '../shared/i18n';

/** Full name of a class code; the code itself when it is unknown. */
export function className(code: string): string {
  const names: Record<string, string> = {
    benign: gettext('Benign'),
    malignant: gettext('Malignant'),
    HCC: gettext('Hepatocellular carcinoma'),
    ICC: gettext('Intrahepatic cholangiocarcinoma'),
    MET: gettext('Metastasis'),
    HM: gettext('Metastasis'),
    FNH: gettext('Focal nodular hyperplasia'),
    HEM: gettext('Haemangioma'),
    HH: gettext('Haemangioma'),
    CYST: gettext('Cyst'),
    HA: gettext('Hepatic abscess'),
    OT: gettext('Other'),
  };
  return names[code] ?? code;
}

/** What a stage decides between. */
export function stageName(id: string): string {
  const names: Record<string, string> = {
    bm: gettext('Benign or malignant'),
    malignant: gettext('If malignant'),
    benign: gettext('If benign'),
  };
  const variant = /^model_(\w+)$/.exec(id);
  if (variant) return `Model-${variant[1]!.toUpperCase()}`;
  const words = id.replaceAll('_', ' ');
  return names[id] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** Word for an explanation method. */
export function methodName(method: string): string {
  const names: Record<string, string> = {
    none: gettext('None'),
    cam: 'CAM',
    gradcam: 'Grad-CAM',
    'gradcam++': 'Grad-CAM++',
    shap: 'SHAP',
    mask: gettext('Mask'),
    flow: gettext('Flow'),
  };
  return names[method] ?? method;
}

/** Name of a system as people say it. */
export function systemName(system: string): string {
  const names: Record<string, string> = {
    lilnet_ct: 'LiLNet',
    ceus_dcb: 'Model-DCB',
    bmode_dcnn: 'DCNN-US',
    lirads_mri: 'LI-RADS MRI',
    fourphase_ct: 'MIFF and SPM',
  };
  return names[system] ?? system;
}
