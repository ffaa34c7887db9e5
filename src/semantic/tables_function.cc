#include "semantic/tables.h"

namespace sluice::semantic::tables {

const std::string_view function_words = R"(
a an the this that these those there here it its itself
i me my mine myself we us our ours ourselves you your yours yourself yourselves u ur
he him his himself she her hers herself they them their theirs themselves one ones oneself
be am is are was were been being do did does doing done have has had having
can could will would shall should may might must ought
and or but nor so yet if then than as of in on at by for with from to into onto upon about over
under through during within between among against toward towards out off up down
what which who whom whose when where why how howto howmany howlong howold howfar howoften howmuch
not no never
also too very really just quite rather even still again ever already only
please kindly hi hello hey thanks thank
because while whereas although though since until unless whether per via
let lets ok okay oh well like
such same other another each every any some all both either neither
)";

const std::string_view weak_words = R"(
get go make give want need know tell say think feel find look see show try help work mean
come put keep ask seem become happen call start begin
way thing stuff kind type example lot bit piece something anything everything someone anyone
somebody anybody everyone everybody people person
best good great nice better well most more much many few several various certain main
possible able actual actually currently basically generally usually exactly really simply simple easy
easily right sure proper properly correct correctly
information detail answer question idea explanation explain describe
)";

const std::string_view negators = R"(
not no never without none nobody nothing neither nor cannot nowhere hardly barely except unless
)";

const std::string_view markers = R"(
of in on at by for with from to into onto upon about over under through during within between among
against toward towards than as via per since until after before without like behind above below
across beyond near inside outside around
)";

const std::string_view number_words = R"(
0: zero nil
1: one
2: two
3: three
4: four
5: five
6: six
7: seven
8: eight
9: nine
10: ten
11: eleven
12: twelve dozen
13: thirteen
14: fourteen
15: fifteen
16: sixteen
17: seventeen
18: eighteen
19: nineteen
20: twenty
30: thirty
40: forty fourty
50: fifty
60: sixty
70: seventy
80: eighty
90: ninety
100: hundred
1000: thousand
100000: lakh lac
1000000: million
10000000: crore
1000000000: billion
1000000000000: trillion
1st: first 1st
2nd: second
3rd: third thirds
4th: fourth quarter quarters
5th: fifth
6th: sixth
7th: seventh
8th: eighth
9th: ninth
10th: tenth
11th: eleventh
12th: twelfth
13th: thirteenth
14th: fourteenth
15th: fifteenth
16th: sixteenth
17th: seventeenth
18th: eighteenth
19th: nineteenth
20th: twentieth
30th: thirtieth
0.5: half halves
x2: twice double
x3: thrice triple
)";

const std::string_view units = R"(
meter: metre metres meters
centimeter: centimetre centimetres cm cms
millimeter: millimetre millimetres mm
kilometer: kilometre kilometres km kms
micrometer: micrometre micron microns
nanometer: nanometre nm
mile: miles mi
yard: yards yd
foot: feet ft
inch: inches
acre: acres
hectare: hectares
gram: grams gramme grammes gm gms
kilogram: kilograms kg kgs kilo kilos
milligram: milligrams mg
microgram: micrograms mcg ug
pound: pounds lb lbs
ounce: ounces oz
tonne: tonnes
ton: tons
stone: stones
liter: litre litres liters
milliliter: millilitre millilitres ml
gallon: gallons
quart: quarts
pint: pints
cup: cups
tablespoon: tablespoons tbsp
teaspoon: teaspoons tsp
millisecond: milliseconds ms
microsecond: microseconds
seconds: secs sec
minute: minutes mins min
hour: hours hrs hr
day: days
week: weeks
fortnight: fortnights
month: months
year: years yrs yr
decade: decades
century: centuries
celsius: centigrade
fahrenheit:
kelvin: kelvins
degree: degrees
radian: radians
percent: percents percentage pct
dollar: dollars usd bucks
cent: cents
euro: euros eur
rupee: rupees rs inr
yen: jpy
yuan: rmb cny
ruble: rubles rouble roubles
peso: pesos
franc: francs
krona: kronor
bitcoin: bitcoins btc
bit: bits
byte: bytes
kilobyte: kilobytes kb
megabyte: megabytes mb mbs
gigabyte: gigabytes gb gbs
terabyte: terabytes tb
mbps:
gbps:
kbps:
hertz: hz
kilohertz: khz
megahertz: mhz
gigahertz: ghz
watt: watts
kilowatt: kilowatts kw
megawatt: megawatts mw
kwh:
volt: volts
millivolt: millivolts mv
ampere: amperes amp amps
milliampere: milliamperes ma
mah:
ohm: ohms
joule: joules
kilojoule: kilojoules kj
calorie: calories cal
kilocalorie: kilocalories kcal
newton: newtons
pascal: pascals
psi:
horsepower: hp bhp
cc:
mph:
kph: kmph kmh
rpm:
fps:
decibel: decibels db
megapixel: megapixels mp
pixel: pixels px
karat: karats carat carats
am:
pm:
)";

// The letters are those of Analysis::language(). A word may stand in several rows.
const std::string_view language_words = R"(
e: the of and to in is are was were be been what which who how why when where do does did can could should would will have has had my your for with from this that it i you we they not on at by or an if about there me as
s: el la los las un una unos unas de del al y o que como cual cuales quien donde cuando cuanto cuantos es son era fue ser estar esta este esto en por para con sin mi tu su se lo le me te no mas puedo puede hay si sobre hacer
f: le la les un une des du de et ou que qui quoi comment quel quelle quels quelles pourquoi quand combien est sont etait etre en dans par pour avec sans mon ma mes votre vos son sa ses se ne pas ce cette ces je vous nous il elle on au aux puis peut faire sur
d: der die das den dem des ein eine einen einem einer und oder was wie wer wo wann warum welche welcher welches ist sind war waren sein in im auf fur mit ohne mein meine ihr ihre ich du sie wir man nicht kein keine von zu zum zur kann konnen wird werden uber aus bei nach als
i: il lo la i gli le un una uno di del della dei delle e o che come quale quali chi dove quando quanto perche sono era essere in nel nella per con senza mio mia tuo suo si non piu posso puo cosa fare su da ho ha
p: o a os as um uma de do da dos das e ou que como qual quais quem onde quando quanto porque sao era ser estar em no na por para com sem meu minha seu sua se nao mais posso pode fazer sobre eu voce ha
n: de het een en of wat hoe wie waar wanneer waarom welke is zijn was waren in op voor met zonder mijn jouw uw ik je jij u wij we niet geen van te naar kan kunnen wordt over uit bij als dan er dit dat
)";

}  // namespace sluice::semantic::tables
