"""Words for contrast phases in series names, in several languages.

Names are folded to lower case without accents, punctuation becomes a blank; words count only
between word boundaries, so that ``ap`` (abdomen, pelvis) or a kernel ``B30s`` say nothing.
"""

import re
import unicodedata

from inference.contracts import ContrastPhase

_CONTRAST = (
    r"(?: ?(?:iv|i v)\b)?(?: ?(?:contrast\w*|contraste|kontrast\w*|km|kontrastmittel|injection|inj"
    r"|mdc|mezzo|civ|cte|pdc|produit))"
)
_WORDS = {
    ContrastPhase.NON_CONTRAST: (
        rf"\bnon?{_CONTRAST}",
        r"\bnon ?contrast\w*|\bunenhanced\b|\bnon ?enhanced\b|\bncct\b|\bnect\b",
        rf"\b(?:without|w/o|wo|ohne|sans|sin|senza|pre|vor|avant|antes){_CONTRAST}",
        r"\bw/o\b|\bwithout\b|\bplain\b|\bnativ\w*\b(?! (?:kidney|liver))",
        r"\bbasale?\b|\bprecontrast\w*",
        r"\bpre\b(?! ?(?:op|treat|tx|chemo|tace|rt|surg|med|abl|trans))",
        r"平扫|平掃|非增强|非增強|(?<!\w)c-(?!\w)",
    ),
    ContrastPhase.ARTERIAL: (
        r"\barteri(?:al|ell|el)\w*|\barterios[oa]\b|\bspatarteri\w*|\bfruharteri\w*",
        r"(?<!pulm )(?<!pulmonary )\bart(?: (?:phase|ph|late|early))?\b",
        r"\bhap\b|\barterienphase\b|\bap phase\b",
        r"动脉期|動脈期|动脉晚期|动脉早期",
    ),
    ContrastPhase.PORTAL_VENOUS: (
        r"\bport(?:al|o) ?ven\w*|\bportalphase\b|\bportal\w*\b(?! ?hypert)|\bpvp?\b",
        r"\bven(?:ous|os|ose|oso|osa|oes|oese|eux|euse)\b|\bveineu(?:x|se)\b|\bvenosphase\b",
        r"\bven(?: phase| ph)?\b|\bvenenphase\b",
        r"门静脉|門靜脈|门脉|門脈|静脉期|靜脈期",
    ),
    ContrastPhase.DELAYED: (
        r"(?<!no )\bdelay\w*|\bequilibri\w*|\bretard\w*",
        r"\bspatphase\b|\bspatvenos\w*|\bspataufnahme\b",
        r"延迟|延遲|延时|延時|平衡期",
    ),
    ContrastPhase.HEPATOBILIARY: (
        r"\bhepato ?bili\w*|\bhbp\b|\bhepatospe[cz]if\w*|\bepatobili\w*",
        r"肝胆期|肝膽期|肝胆特异",
    ),
}
_PATTERNS = {phase: re.compile("|".join(words)) for phase, words in _WORDS.items()}
# "late arterial", "artériel tardif": these words date a phase that another word names
_LATE = re.compile(r"\b(?:late|spat|spaet|tardi\w*|\w*tardif\w*)\b")
_BOTH = re.compile(
    r"\b(?:with|w|mit|avec|con)\b ?(?:and|und|et|y|e|/|&|\+)? ?"
    r"(?:without|w/o|wo|ohne|sans|sin|senza)\b"
    r"|\bw/wo\b|\bw\+wo\b|平扫 ?\+ ?增强|平扫加增强"
)
_SECONDS = re.compile(r"(?<![\w.,])(\d{2,3}) ?(?:s|sec|secs|sek|seg|seconds?|sekunden|秒)\b")
_MINUTES = re.compile(r"(?<![\w.,])(\d{1,2}) ?(?:m|min|mins|minutes?|minuten|minuti|分钟|分)(?!\w)")


def fold(name: str) -> str:
    """Return a name in lower case, without accents, separators turned into blanks."""
    decomposed = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    plain = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", plain)
    return re.sub(r"[_.,;:()\[\]\s\\]+", " ", plain).strip()


def phases_named(name: str) -> set[ContrastPhase]:
    """Return the contrast phases that a series or protocol name mentions."""
    folded = fold(name)
    if _BOTH.search(folded):
        return {ContrastPhase.NON_CONTRAST, ContrastPhase.PORTAL_VENOUS}
    found = {phase for phase, pattern in _PATTERNS.items() if pattern.search(folded)}
    if not found and _LATE.search(folded):
        return {ContrastPhase.DELAYED}
    return found


def delay_named(name: str) -> float | None:
    """Return the seconds after injection that a name states; None without or with several."""
    folded = fold(name)
    found = {float(n) for n in _SECONDS.findall(folded)}
    found |= {60 * float(n) for n in _MINUTES.findall(folded)}
    return found.pop() if len(found) == 1 else None
