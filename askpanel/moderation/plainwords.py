"""The small words of English and Welsh, which say little of what a text is about and much of the
language it is written in; and some of other languages, to tell that it is in neither.

All are as `unmasked.bare` leaves them: without accents and apostrophes. Welsh ones stand with
their mutations and as they are spoken in the north and in the south.
"""

from __future__ import annotations


def listed(words: str) -> frozenset[str]:
    """Words that are written one after the other, for a table that a person can read."""
    return frozenset(words.split())


ENGLISH = listed(
    """
    a about actually after again ago all already also although always am an and another any anybody
    anymore anyone anything anyway are arent around as ask asked at away back be became because been
    before being between both but by came can cannot cant come comes coming could couldnt did didnt
    do does doesnt doing done dont down during each either else even ever every everybody everyone
    everything few first for from gave get gets getting give given go goes going gone gonna good got
    had hadnt happen happened happening happens has hasnt have havent having he hed hell help her
    here hers herself hes hi hello him himself his how however i id if ill im in instead into is
    isnt it its itself ive just keep keeps kept knew know knows last let lets like look looked
    looking looks lot made make makes making many may maybe me mean means might mine more most much
    must my myself need needs never new no nobody none nor not nothing now of off ok old on once one
    only onto or other others our ours out over own people please put really right said same saw say
    says see seen send sent shall she shed shes should shouldnt since so some somebody someone
    something sometimes still such take takes taken tell tells than thank thanks that thats the
    their theirs them themselves then there theres these they theyd theyll theyre theyve thing
    things think thinks this those though through to told too took tried try trying two under until
    up us use used very want wanted wants was wasnt way we well went were werent weve what whatever
    whats when where whether which while who whole whom whos whose why will with within without wont
    work would wouldnt yes yet you youd youll your youre yours yourself youve
    """
)
WELSH = listed(
    """
    a ac adref ag aeth af ai ail alla allaf allan allech allwch allwn am amdan amdana ambell an
    angen ar arall ar arna arnaf arni arno arnoch ateb atoch aros at ata beth bellach ble bob bod
    boed brys buodd bum byddai byddaf byddan bydd bydda byddwch byddwn byth bynnag cael caiff cafodd
    can cawn cewch ces chafodd chael chi chwi cyfan cyn da dach dal dan dach daeth dawn de deud
    dewch diolch digon ddim dim dod doedd does dr drwy dw dwedodd dweud dwi dwim dwyf dy dyma dyna
    dydi dydw dydy dylai dylem dylid dylwn ddaeth ddaru ddeud ddod ddweud ddylai ddylwn ddyn e ebe
    ebost efallai efo ei eich ein ella ellwch er eraill erbyn eren ers es eto eu faint fan fathau fe
    fedra fedrwch fel felly fi finnau fo fod fodd fu fy fydd fydda fyddai fyddan fyddwn fyny fyth
    galla gallaf gallai gallech gallu gallwch gallwn gan gallen ganddi ganddo ganddyn gael
    gafodd gall
    gawn ger gerllaw ges gewch gilydd gofyn gwbl gwneud gwybod gyda gyfer gymorth gynt heb hebddo
    hefo hefyd help heno hi hithau hoffwn holl hon honno hun hunan hunain hwn hwnnw hwy hwyl hyd hyn
    hynny i iawn iddi iddo iddyn inni isio eisiau isie ichi lawn lle llawer mae maen maer maes mai
    man mas medru mewn mi mo mod mor mwy mwyach myfi n na nabod nad nag naill nain nawr neb nes neu
    neud newydd nhw ni nid nis nol nos o oddi oedd oeddech oeddwn oedden oes oeddet ohoni ohono
    ok ol on
    ond oni onid os pa pam pan pawb pe peidio peidiwch pethau pob pobl pryd pwy r rhag rhai rhaid
    rhoi rhwng rhy rhyw rhywbeth rhywun roedd roeddwn roedden roeddech roi rwan rwy rwyf rwyn rydw
    rydych rydym rydyn sai sawl sef sicr siwr su sut sydd sy syn taw tan ti tra tri trwy tua tu
    unrhyw un unwaith unman uwch wastad wedi wedir wedyn weithiau welais welsoch wir wna wnaeth wnaf
    wnes wneud wnewch wnawn wrth wrthi wrtho wrthyf wrtha wybod wyt y ych ydi ydw ydych ydy
    ydym ydyn
    yma ymhen ymhlith yn yna yng ym yno yntau yr ynghylch ynglyn ysgrifennu yw
    """
)
OTHERS = listed(
    """
    ale albo aby bardzo byc chce co czy dla dlaczego gdzie jak jaki jego jej jesli jest jestem kiedy
    ktory moge moj moja moze mozna nie oraz po przez prosze sie tak tej tego tym wiem zeby
    aici am as ca care ceva cine cum daca despre din este eu fac fara fie la mai mea meu nu pentru
    poate pot sa sau stiu sunt si sotul unde vreau ajutor
    alors aussi avec avoir ce cela cest comment dans depuis des du elle elles est etre faire fait
    fils ici il ils je les leur mais mari meme mes moi mon ne notre nous ont ou par parce pas plus
    pour pourquoi puis quand que quel quelle quelquun quest qui quoi sans ses suis sur une veut
    votre vous
    ahora algo alguien aunque como con cual cuando cuanto del desde donde ella ellos es esta este
    estoy esto hacer hago hasta hay hijo la las lo los marido mas mi mis muy nada necesito nosotros
    para pero policia por porque puede puedo que quien quiero se sin sobre soy su sus tambien tengo
    tiene todo una usted y ya yo
    agora ajuda algum alguem ao aos com da das dele depois devo dos ela ele em essa esse eu fazer
    foi isso isto ja mas mais marido meu minha nao nem nos num onde ou para parar pela pelo pode
    posso preciso quando sao se sem ser sim tem tenho tudo uma voce
    aiuto anche che chi ci come con cosa cosi da dal della delle dove fare gli ho il lei lui ma mia
    mio moglie nella nessuno noi non perche piu polizia posso quando quello questo sapere senza sono
    suo una vorrei
    aber alle als auch auf aus bei bin bist das dass dem den denn der des die dies diese dieser
    doch ein eine einen einer eines er es etwas fur habe haben hat hilfe ich ihm ihn ihr ihre ist
    jemand kann kein keine konnen lange man mann mein meine meinem meinen mich mir mit muss nach
    nicht noch oder ohne polizei sein sich sie sind sohn uber und uns von war warum was weil wenn
    wer werden wie wir wird wo zu zum zur
    aan bij dat deze door dit een eens geen haar heb hebben heeft het hij hoe hulp iemand ik kan
    krijgen maar man meer met mijn moet naar niet nog om onze ook op politie tot uit van voor waar
    waarom wat weet wel wie wij worden zal zich zij zijn zonder
    ama ben benim bir bu cok daha degil diye esim gibi icin ile kadar kim kocam misin miyim mu nasil
    ne neden nerede oglum olarak polis sey sonra var ve veya yapmaliyim yardim yok
    apie ar as bet buti del gali ir jei jis kad kaip kas kur man mano matyti nera noriu nuo padeti
    policija su tai taip vyras yra
    ayaa caawimaad haddii halkee iyo ka karaa kartaa ku laga maxaa oo sida sidee waa waxaan wax
    """
)
"""Polish, Romanian, French, Spanish, Portuguese, Italian, German, Dutch, Turkish, Lithuanian,
Somali: the languages that are most often written in Latin letters by the people of England and
Wales beside their two (Census 2021)."""
