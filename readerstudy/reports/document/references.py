"""The literature a plan rests on, numbered in the order in which a document cites it."""

import re
from collections.abc import Mapping

REFERENCES: Mapping[str, str] = {
    "benjamini1995": "Benjamini Y, Hochberg Y. Controlling the false discovery rate. J R Stat Soc "
    "B 1995;57:289-300. doi:10.1111/j.2517-6161.1995.tb02031.x",
    "bates2015": "Bates D, Mächler M, Bolker B, Walker S. Fitting linear mixed-effects models "
    "using lme4. J Stat Softw 2015;67(1). doi:10.18637/jss.v067.i01",
    "bland1986": "Bland JM, Altman DG. Statistical methods for assessing agreement between two "
    "methods of clinical measurement. Lancet 1986;327:307-310. doi:10.1016/S0140-6736(86)90837-8",
    "bowker1948": "Bowker AH. A test for symmetry in contingency tables. J Am Stat Assoc "
    "1948;43:572-574. doi:10.1080/01621459.1948.10483284",
    "breslow1993": "Breslow NE, Clayton DG. Approximate inference in generalized linear mixed "
    "models. J Am Stat Assoc 1993;88:9-25. doi:10.1080/01621459.1993.10594284",
    "chakraborty2004": "Chakraborty DP, Berbaum KS. Observer studies involving detection and "
    "localization. Med Phys 2004;31:2313-2330. doi:10.1118/1.1769352",
    "chakraborty2016": "Chakraborty DP, Zhai X. On the meaning of the weighted alternative "
    "free-response operating characteristic figure of merit. Med Phys 2016;43:2548-2557. "
    "doi:10.1118/1.4947125",
    "chen2012": "Chen W, Petrick N, Sahiner B. Hypothesis testing in noninferiority and "
    "equivalence MRMC ROC studies. Acad Radiol 2012;19:1158-1165. doi:10.1016/j.acra.2012.04.011",
    "clopper1934": "Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated "
    "in the case of the binomial. Biometrika 1934;26:404-413. doi:10.1093/biomet/26.4.404",
    "cochran1950": "Cochran WG. The comparison of percentages in matched samples. Biometrika "
    "1950;37:256-266. doi:10.1093/biomet/37.3-4.256",
    "cochran1954": "Cochran WG. The combination of estimates from different experiments. "
    "Biometrics 1954;10:101-129. doi:10.2307/3001666",
    "cohen1960": "Cohen J. A coefficient of agreement for nominal scales. Educ Psychol Meas "
    "1960;20:37-46. doi:10.1177/001316446002000104",
    "cohen1968": "Cohen J. Weighted kappa. Psychol Bull 1968;70:213-220. doi:10.1037/h0026256",
    "cox1958": "Cox DR. Two further applications of a model for binary regression. Biometrika "
    "1958;45:562-565. doi:10.1093/biomet/45.3-4.562",
    "delong1988": "DeLong ER, DeLong DM, Clarke-Pearson DL. Comparing the areas under two or more "
    "correlated receiver operating characteristic curves. Biometrics 1988;44:837-845. "
    "doi:10.2307/2531595",
    "edwards1948": "Edwards AL. Note on the “correction for continuity” in testing the "
    "significance of the difference between correlated proportions. Psychometrika 1948;13:185-187. "
    "doi:10.1007/BF02289261",
    "fagerland2013": "Fagerland MW, Lydersen S, Laake P. The McNemar test for binary "
    "matched-pairs data: mid-p and asymptotic are better than exact conditional. BMC Med Res "
    "Methodol 2013;13:91. doi:10.1186/1471-2288-13-91",
    "fleiss1969": "Fleiss JL, Cohen J, Everitt BS. Large sample standard errors of kappa and "
    "weighted kappa. Psychol Bull 1969;72:323-327. doi:10.1037/h0028106",
    "fleiss1971": "Fleiss JL. Measuring nominal scale agreement among many raters. Psychol Bull "
    "1971;76:378-382. doi:10.1037/h0031619",
    "fleiss1979": "Fleiss JL, Nee JCM, Landis JR. Large sample variance of kappa in the case of "
    "different sets of raters. Psychol Bull 1979;86:974-977. doi:10.1037/0033-2909.86.5.974",
    "gallas2006": "Gallas BD. One-shot estimate of MRMC variance: AUC. Acad Radiol "
    "2006;13:353-362. doi:10.1016/j.acra.2005.11.030",
    "gallas2009": "Gallas BD, Bandos A, Samuelson FW, Wagner RF. A framework for random-effects "
    "ROC analysis: biases with the bootstrap and other variance estimators. Commun Stat Theory "
    "Methods 2009;38:2586-2603. doi:10.1080/03610920802610084",
    "grizzle1965": "Grizzle JE. The two-period change-over design and its use in clinical trials. "
    "Biometrics 1965;21:467-480. doi:10.2307/2528104",
    "gwet2008": "Gwet KL. Computing inter-rater reliability and its variance in the presence of "
    "high agreement. Br J Math Stat Psychol 2008;61:29-48. doi:10.1348/000711006X126600",
    "hayes2007": "Hayes AF, Krippendorff K. Answering the call for a standard reliability measure "
    "for coding data. Commun Methods Meas 2007;1:77-89. doi:10.1080/19312450709336664",
    "hillis2007": "Hillis SL. A comparison of denominator degrees of freedom methods for multiple "
    "observer ROC analysis. Stat Med 2007;26:596-619. doi:10.1002/sim.2532",
    "hillis2011": "Hillis SL, Obuchowski NA, Berbaum KS. Power estimation for multireader ROC "
    "methods: an updated and unified approach. Acad Radiol 2011;18:129-142. "
    "doi:10.1016/j.acra.2010.09.007",
    "hillis2014": "Hillis SL. A marginal-mean ANOVA approach for analyzing multireader multicase "
    "radiological imaging data. Stat Med 2014;33:330-360. doi:10.1002/sim.5926",
    "hochberg1988": "Hochberg Y. A sharper Bonferroni procedure for multiple tests of "
    "significance. Biometrika 1988;75:800-802. doi:10.1093/biomet/75.4.800",
    "holm1979": "Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat "
    "1979;6:65-70.",
    "hosmer1980": "Hosmer DW, Lemeshow S. Goodness of fit tests for the multiple logistic "
    "regression model. Commun Stat Theory Methods 1980;9:1043-1069. doi:10.1080/03610928008827941",
    "liang1986": "Liang KY, Zeger SL. Longitudinal data analysis using generalized linear models. "
    "Biometrika 1986;73:13-22. doi:10.1093/biomet/73.1.13",
    "mann1947": "Mann HB, Whitney DR. On a test of whether one of two random variables is "
    "stochastically larger than the other. Ann Math Stat 1947;18:50-60. "
    "doi:10.1214/aoms/1177730491",
    "matthews1975": "Matthews BW. Comparison of the predicted and observed secondary structure of "
    "T4 phage lysozyme. Biochim Biophys Acta 1975;405:442-451. doi:10.1016/0005-2795(75)90109-9",
    "maurer1995": "Maurer W, Hothorn LA, Lehmacher W. Multiple comparisons in drug clinical trials "
    "and preclinical assays: a-priori ordered hypotheses. In: Vollmar J, ed. Biometrie in der "
    "chemisch-pharmazeutischen Industrie 6. Stuttgart: Fischer; 1995:3-18.",
    "maxwell1970": "Maxwell AE. Comparing the classification of subjects by two independent "
    "judges. Br J Psychiatry 1970;116:651-655. doi:10.1192/bjp.116.535.651",
    "mcgraw1996": "McGraw KO, Wong SP. Forming inferences about some intraclass correlation "
    "coefficients. Psychol Methods 1996;1:30-46. doi:10.1037/1082-989X.1.1.30",
    "mcnemar1947": "McNemar Q. Note on the sampling error of the difference between correlated "
    "proportions or percentages. Psychometrika 1947;12:153-157. doi:10.1007/BF02295996",
    "newcombe1998": "Newcombe RG. Improved confidence intervals for the difference between "
    "binomial proportions based on paired data. Stat Med 1998;17:2635-2650. "
    "doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C",
    "obuchowski1995": "Obuchowski NA, Rockette HE. Hypothesis testing of diagnostic accuracy for "
    "multiple readers and multiple tests. Commun Stat Simul Comput 1995;24:285-308. "
    "doi:10.1080/03610919508813243",
    "roe1997": "Roe CA, Metz CE. Dorfman-Berbaum-Metz method for statistical analysis of "
    "multireader, multimodality receiver operating characteristic data: validation with computer "
    "simulation. Acad Radiol 1997;4:298-303. doi:10.1016/S1076-6332(97)80032-3",
    "shrout1979": "Shrout PE, Fleiss JL. Intraclass correlations: uses in assessing rater "
    "reliability. Psychol Bull 1979;86:420-428. doi:10.1037/0033-2909.86.2.420",
    "stuart1955": "Stuart A. A test for homogeneity of the marginal distributions in a two-way "
    "classification. Biometrika 1955;42:412-416. doi:10.1093/biomet/42.3-4.412",
    "swensson1996": "Swensson RG. Unified measurement of observer performance in detecting and "
    "localizing target objects on images. Med Phys 1996;23:1709-1725. doi:10.1118/1.597758",
    "vickers2006": "Vickers AJ, Elkin EB. Decision curve analysis: a novel method for evaluating "
    "prediction models. Med Decis Making 2006;26:565-574. doi:10.1177/0272989X06295361",
    "wen2022": "Wen S, Gallas BD. Three-way mixed effect ANOVA to estimate MRMC limits of "
    "agreement. Stat Biopharm Res 2022;14:532-541. doi:10.1080/19466315.2022.2063169",
    "wilcoxon1945": "Wilcoxon F. Individual comparisons by ranking methods. Biometrics Bull "
    "1945;1:80-83. doi:10.2307/3001968",
    "wilson1927": "Wilson EB. Probable inference, the law of succession, and statistical "
    "inference. J Am Stat Assoc 1927;22:209-212. doi:10.1080/01621459.1927.10502953",
    "wunderlich2012": "Wunderlich A, Noo F. A nonparametric procedure for comparing the areas "
    "under correlated LROC curves. IEEE Trans Med Imaging 2012;31:2050-2061. "
    "doi:10.1109/TMI.2012.2205015",
    "youden1950": "Youden WJ. Index for rating diagnostic tests. Cancer 1950;3:32-35.",
}
"""Sources by key, as Vancouver style prints them."""

_MARK = re.compile(r"\{(\w+)\}")


class Citations:
    """Numbers for sources: each gets the next one where it is first cited."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def cite(self, text: str) -> str:
        """Replace ``{key}`` by ``[number]``, for texts of our own.

        Raises
        ------
        KeyError
            If a key is not among ``REFERENCES``.
        """
        return _MARK.sub(lambda mark: f"[{self._number(mark.group(1))}]", text)

    def sources(self) -> tuple[str, ...]:
        """Return the sources cited so far, by number."""
        return tuple(f"[{n}] {REFERENCES[key]}" for key, n in self._numbers.items())

    def _number(self, key: str) -> int:
        if key not in REFERENCES:
            raise KeyError(key)
        return self._numbers.setdefault(key, len(self._numbers) + 1)
