"""What has been published against such estimates, to stand beside every one of them."""

CRITICISM = (
    ("On simulated lists with a known answer, models chosen by significance overstate how reliable they are even where "
     "the terms left out are truly nothing; where they are not, the procedure is unsound. The authors conclude that it "
     "is not a suitable method for the number of potential victims of modern slavery.",
     "Whitehead, J., Jackson, J., Balch, A. and Francis, B. (2021) On the unreliability of multiple systems estimation "
     "for estimating the number of potential victims of modern slavery in the UK. Journal of Human Trafficking 7: "
     "1-13. doi:10.1080/23322705.2019.1660952"),
    ("No data on the listed can tell whether the assumption that joins them to the unlisted holds: without a reason "
     "to believe it that comes from outside the data there is no estimate.",
     "Aleshin-Guendel, S., Sadinle, M. and Wakefield, J. (2024) The central role of the identifying assumption in "
     "population size estimation. Biometrics 80: ujad028. doi:10.1093/biomtc/ujad028"),
    ("Where one list passes persons on to another (police to shelters), lists are not samples of one population, and "
     "log-linear models do not mend it.",
     "Jones, H. E. et al. (2014) Recapture or precapture? Fallibility of standard capture-recapture methods in the "
     "presence of referrals between sources. American Journal of Epidemiology 179: 1383-1393. doi:10.1093/aje/kwu056"),
    ("Reliability has to be tried where the truth is known, such as the size of each list from the other lists; "
     "interval and fit of a chosen model do not show it.",
     "Binette, O. and Steorts, R. C. (2022) On the reliability of multiple systems estimation. Journal of the Royal "
     "Statistical Society A 185: 640-676. doi:10.1111/rssa.12803"),
)
