#include "semantic/tables.h"

namespace sluice::semantic::tables {

// A word may stand in several rows. Within one side the words need not be synonyms.
const std::string_view opposites = R"(
increase raise grow rise boost gain expand enhance improve maximize upgrade escalate growth | decrease reduce lower fall drop lose shrink diminish minimize downgrade decline lessen cut worsen loss reduction shrinkage
increasing rising growing | decreasing falling declining shrinking
gain win earn | lose loss
gainer winner | loser
up upward upwards upstairs upstream above over top uphill upper | down downward downwards downstairs downstream below under bottom downhill lower
uplink upload | downlink download
upvote | downvote
before prior preceding previous previously earlier ahead pre | after following subsequent next subsequently later behind post
early | late
yesterday | tomorrow
past | future
previous last | next
old older oldest ancient | new newer newest modern
old older elder oldest aged elderly senior | young younger youngest junior
maximum max most maximal highest largest biggest | minimum min least minimal lowest smallest
more greater above over | less fewer lesser below under
most | least fewest
big bigger biggest large larger largest huge | small smaller smallest little tiny smallest
high higher highest tall taller tallest | low lower lowest short shorter shortest
long longer longest | short shorter shortest brief
wide wider widest broad | narrow narrower narrowest
thick thicker thickest fat | thin thinner thinnest
deep deeper deepest | shallow shallower
heavy heavier heaviest | light lighter lightest
strong stronger strongest | weak weaker weakest
fast faster fastest quick quicker quickest quickly rapid rapidly | slow slower slowest slowly gradual gradually
hot hotter hottest warm warmer heat | cold colder coldest cool cooler cooling
heat warm melt thaw boil | cool chill freeze
heating | cooling
hard harder hardest difficult tough | easy easier easiest simple soft softer
rough coarse | smooth fine
wet damp moist humid | dry arid
clean cleaner | dirty
bright brighter brightest | dark darker dim
light | dark
loud louder noisy | quiet quieter silent soft
good better best great excellent | bad worse worst poor terrible awful evil
best better | worst worse
advantage pro pros benefit strength upside merit positive | disadvantage con cons drawback weakness downside demerit negative
rich richer richest wealthy | poor poorer poorest
cheap cheaper cheapest inexpensive affordable | expensive costly pricey dearer
happy happier glad | sad unhappy sadder
love like adore | hate dislike despise loathe
lovable | hateful
safe safer safest secure | dangerous unsafe risky hazardous insecure
legal lawful legally | illegal unlawful illegally
moral ethical | immoral unethical
true real genuine authentic | false fake counterfeit untrue
right correct | wrong incorrect
right | left
right-hand | left-hand
east eastern | west western
north northern | south southern
clockwise | counterclockwise anticlockwise
horizontal horizontally | vertical vertically
inside inner interior internal indoor indoors in | outside outer exterior external outdoor outdoors out
inbound incoming inflow | outbound outgoing outflow
enter entry entrance | exit leave departure
arrive arrival arrivals arriving | depart departure departures leave departing
come | go
push | pull
open opening | close closing shut closed
lock | unlock
on | off
enable activate allow permit turn_on switch_on | disable deactivate forbid block prohibit ban deny turn_off switch_off
enabled active | disabled inactive
start begin launch commence initiate | stop end finish quit halt terminate cease cancel
begin beginning start | end ending finish
first | last final
add include insert append attach install | remove delete exclude detach uninstall subtract erase
install | uninstall
create build make construct form generate | destroy delete demolish ruin break dismantle
build construct | demolish destroy
buy purchase buying buyer | sell sale selling seller
buyer purchaser customer | seller vendor
borrow borrowing borrower | lend lending lender loan
lease | own
rent | buy own
give donate send | receive
send sender sending | receive receiver receiving recipient
import importing importer | export exporting exporter
deposit | withdraw withdrawal
credit | debit
income revenue earning | expense expenditure cost spending
profit profitable | loss unprofitable
asset | liability
save saving | spend spending waste
pay | receive
employ hire hiring | fire firing dismiss sack
employer | employee
hire | fire
teach teacher | learn student learner
lead leader | follow follower
parent | child
mother mom mum | father dad
husband | wife
brother | sister
son | daughter
uncle | aunt
nephew | niece
grandmother grandma | grandfather grandpa
boy boys boyfriend | girl girls girlfriend
boyfriend | girlfriend
man male men gentleman masculine | woman female women lady feminine
king | queen
prince | princess
actor | actress
hero | villain
friend ally | enemy foe
attack offense offensive | defend defense defensive
win victory winner | defeat lose loser
pass | fail
succeed success successful | fail failure unsuccessful
accept acceptance | reject rejection refuse decline
agree agreement | disagree disagreement
approve approval | disapprove disapproval reject
support pro for favor | oppose opposition against anti
for | against
pro | anti con
love | hate
remember | forget
find | lose
appear | disappear vanish
attach | detach
connect join link | disconnect separate
combine merge | split separate divide
assemble | disassemble
encrypt encode encryption | decrypt decode decryption
compress zip | decompress unzip extract
encoder | decoder
serialize | deserialize
upload | download
login log_in sign_in signin | logout log_out sign_out signout
subscribe | unsubscribe
follow | unfollow
friend | unfriend
mute | unmute
pin | unpin
hide hidden | show unhide visible
do | undo
undo | redo
wrap | unwrap
load | unload
pack | unpack
fold | unfold
tie | untie
dress | undress
wake awake | sleep asleep
sit | stand
alive living live life born birth | dead die dying death
birth | death
born | died
marry marriage married wedding | divorce divorced single
pregnant | infertile
healthy health | sick unhealthy ill disease
cause causing trigger induce | prevent cure stop avoid treat prevention
cause | effect
prevent prevention | promote
treat cure heal | cause worsen
hurt harm harmful | help helpful heal
harmful toxic | harmless beneficial
positive positively | negative negatively
plus add addition | minus subtract subtraction
addition | subtraction
multiply multiplication | divide division
numerator | denominator
odd | even
square | cube
prime | composite
input | output
read reading reader | write writing writer
client | server
frontend | backend
source | destination target
host | guest
master | slave
public | private
national domestic | international foreign
domestic | foreign
local | global remote
rural country village | urban city
formal | informal casual
active | passive
static | dynamic
sync synchronous synchronously | async asynchronous asynchronously
mutable | immutable
signed | unsigned
ascending ascend asc | descending descend desc
front | back rear
forward forwards | backward backwards reverse
vertical | horizontal
parallel | serial perpendicular
series | parallel
near nearest close closer closest | far farther farthest further furthest distant
full filled fuller | empty emptied
fill | empty drain
complete finished | incomplete partial unfinished
whole entire | part partial
same similar alike identical similarity | different difference distinct unlike
common frequent often usual frequently | rare uncommon seldom rarely unusual
always | never
everything all | nothing none
everyone everybody | nobody
some any | none
many much | few little
major | minor
majority | minority
primary | secondary
simple | complex complicated
optimist optimistic | pessimist pessimistic
introvert introverted | extrovert extroverted
liberal | conservative
democrat democratic | republican
capitalism capitalist | communism communist socialism socialist
theist religious | atheist secular
guilty | innocent
plaintiff | defendant
predator | prey
carnivore | herbivore
mammal | reptile
vegetarian vegan | meat
acid acidic | base alkaline basic
metal | nonmetal
organic | inorganic synthetic
natural | artificial synthetic
solid | liquid gas
liquid | gas
boil boiling | freeze freezing
melting | freezing boiling
evaporate evaporation | condense condensation
sunrise dawn | sunset dusk
day daytime | night nighttime
morning | evening night
noon | midnight
breakfast | lunch dinner supper
lunch | dinner supper
summer | winter
spring | autumn
weekday | weekend
inhale | exhale
ascent climb ascend | descent descend
accelerate acceleration | decelerate deceleration brake
advance | retreat
expand expansion | contract contraction
inflation inflate | deflation deflate
bull bullish | bear bearish
supply supplier | demand
export | import
wholesale | retail
lend | borrow
gross | net
fixed | variable
long_term | short_term
permanent permanently | temporary temporarily
absolute | relative
abstract | concrete
theory theoretical | practice practical
qualitative | quantitative
subjective | objective
inductive | deductive
singular | plural
vowel | consonant
prefix | suffix
synonym | antonym
ancestor | descendant
predecessor | successor
superior | inferior
include including with | exclude excluding without except
with | without
together | apart alone
yes | no
voluntary | involuntary mandatory compulsory
optional | required mandatory
free | paid
free | busy
available | unavailable
visible | invisible
possible | impossible
literate | illiterate
mature | immature
patient | impatient doctor
polite | rude impolite
brave | cowardly coward afraid
generous | selfish greedy
humble modest | proud arrogant
lazy | hardworking diligent
smart clever intelligent bright | stupid dumb foolish
beautiful pretty handsome attractive | ugly unattractive
tighten tight | loosen loose
sharp | blunt dull
raw | cooked
fresh | stale rotten
sweet | sour bitter salty
straight | curly curved bent crooked
single | double multiple
left-wing | right-wing
freeze block | unfreeze unblock
block | unblock
lower | upper
lowercase | uppercase
min | max
earliest oldest | latest newest
younger | older
underweight | overweight
hypertension | hypotension
hyperthyroidism | hypothyroidism
hyperglycemia | hypoglycemia
hyperkalemia | hypokalemia
hypernatremia | hyponatremia
hyperthermia | hypothermia
macro macroeconomics | micro microeconomics
latitude | longitude
row | column
anode | cathode
positive | neutral
proton | electron neutron
artery | vein
systolic | diastolic
saturated | unsaturated
aerobic | anaerobic
eukaryotic | prokaryotic
ac | dc
landlord | tenant
landline | mobile
departing | returning
ahead | behind
used spent consumed gone | left remaining available
hopeful | hopeless
careful | careless
useful | useless
painful | painless
wireless | wired
cordless | corded
flammable | inflammable nonflammable
inductor | capacitor
stack | queue
push | pop
encode | decode
attractive | repulsive
attract attraction | repel repulsion
inflate | deflate
immigrate immigration immigrant | emigrate emigration emigrant
bless | curse
praise | criticize blame
reward | punish punishment
build | break
borrowing | lending
trust | distrust mistrust
deficit | surplus
shortage | surplus abundance
enlist | discharge
permit | prohibit
allow | forbid prevent
encourage | discourage
remind | forget
strengthen | weaken
lengthen | shorten
widen | narrow
brighten lighten | darken dim
thicken | thin
soften | harden
loosen | tighten
whiten | blacken darken
hydrate | dehydrate
freezing | melting
arrival | departure
checkin check_in | checkout check_out
mount | unmount
commit | rollback revert
push | fetch
merge | branch
debit | credit
overestimate | underestimate
overpaid | underpaid
prepaid | postpaid
undergraduate | graduate postgraduate
import | export
accelerator | brake
home | away
give | take
general generic | specific particular
change move | stay
early beginning | late end middle
native | foreign
future | present
present | past
hit | miss
lord | lady
active | quiet passive dormant extinct inactive
actual real | potential nominal imaginary
answer | question
cash | credit
dry | sweet
familiar | strange unfamiliar
former | latter
full | thin empty
joint | separate
keep | lose break
known | unknown
let | prevent
raise | level lower
lie sit | stand
mental | physical
pain | pleasure
peace | war
ride | walk
set | rise
silence | sound noise
spoken oral | written
admit | deny reject exclude
amateur | professional
attend | miss
automatic automatically | manual manually
well | badly ill
interest | bore
interesting | boring
break damage | repair fix
civilian | military
coastal | inland
competition compete | cooperation cooperate
compound | simple
conventional | nuclear unconventional
cry | laugh
danger | safety
decline deterioration | improvement
delay | rush
difficulty | ease
enjoy | suffer
manage | fail
gather collect | spread scatter distribute
hardware | software
heads head | tails tail
heaven | hell
heavily strongly | lightly weakly
hollow | solid
ignore | notice know
instrumental | vocal
poverty poor | wealth rich
privately | publicly
relax relaxed | tense
resist | surrender yield
sink | float source
tender | tough
abundant | scarce
accidental accidentally | deliberate deliberately intentional intentionally
acquaintance friend | stranger
acute | chronic obtuse
adult | juvenile child
aquatic marine | terrestrial
oral | anal written
analysis analyze | synthesis synthesize
annual | perennial biennial
anterior | posterior
avoid | confront face
awkward clumsy | graceful
blur | focus
central | peripheral
cheer praise | complain
comedy | tragedy
complexity | simplicity
prosecution prosecute prosecutor | defense defend
hope | despair
differ | equal
direct | inverse indirect
unite union | divide separate separation
dominant | subordinate recessive submissive
hawk | dove
theoretical | empirical
epidemic | endemic
extinct | extant
fair | unfair foul
fancy | plain
flora | fauna
foolish | wise
friendly | hostile unfriendly
gradual | steep sudden
guilt | innocence
happiness joy | sadness sorrow unhappiness
highland | lowland
segregation segregate | integration integrate
intense severe | mild
maternal | paternal
nominal | real
partly partially | wholly fully completely
penalty | reward
shout | whisper
abolish | establish
absorb | emit
affirmative | negative
analog | digital
calm | stormy rough
clarity | obscurity
clear transparent | opaque cloudy
complicate | simplify
conserve | waste
cosmopolitan | provincial
deciduous | evergreen
differentiate differentiation | integrate integration
erase | record
federal | unitary
feed | starve
fertile fertility | sterile infertile infertility
figurative | literal
function | malfunction
generalize | specialize specify
green unripe | ripe
hungry | full thirsty
hunger | thirst
inferiority | superiority
intelligence | stupidity
optional | obligatory required mandatory
parallel | oblique perpendicular
paid | unpaid
precede | succeed follow
profound | superficial
reassure | worry
stretch | shrink
tame | wild
valuable | worthless
blame accuse | absolve acquit
abstain | consume indulge
abundance | scarcity shortage
convict conviction | acquit acquittal
depreciate depreciation | appreciate appreciation
dissociate | associate
asymmetry asymmetric asymmetrical | symmetry symmetric symmetrical
beauty | ugliness
benign | malignant malign
bold brave courage courageous | timid cowardly cowardice
concave | convex
concentration concentrate | dilution dilute
conductor | insulator
covert | overt
creditor lender | debtor borrower
depression | elation mania
diligent | negligent lazy
diversify | specialize
docile obedient | stubborn disobedient
easterly | westerly
ebb | tide flow
enrich | impoverish deprive
extinguish | ignite
truth | lie falsehood
fame | infamy
fraternal | identical
humility | pride arrogance
legalize | outlaw criminalize
masculine feminine | neuter
optimism | pessimism
permissive | strict preventive
sedate | stimulate
survive | succumb die
thrifty frugal | wasteful
virtue virtuous | vice wicked
wax | wane
evaporate | condense
oxidation oxidize | reduction reduce
anion | cation
endothermic | exothermic
ionic | covalent
monarchy | republic
import | export
debut | finale
prologue | epilogue
overture | finale
patient | nurse doctor
doctor | nurse
waiter | waitress
host | hostess guest parasite
steward | stewardess
bride | groom bridegroom
widow | widower
niece | nephew
stallion | mare
bull | cow
rooster | hen
bachelor | spinster
wizard | witch
monk | nun
duke | duchess
emperor | empress
god | goddess
heir | heiress
male boy | female girl
sunny clear | cloudy rainy
sunny | rainy snowy
sober | drunk
vertical | horizontal
obtuse | acute
interior | exterior
ceiling | floor
roof | basement
attic | basement cellar
head | toe foot
hand | foot
arm | leg
finger | toe
upside | downside
upgrade | downgrade
upstream | downstream
upturn | downturn
inflow | outflow
intake | output
inbox | outbox sent
offline | online
onshore | offshore
overnight | daytime
overweight obese | underweight skinny
oversized | undersized
overpriced | underpriced
overrated | underrated
overvalued | undervalued
prefix | suffix
presence present | absence absent
presentable | unpresentable
pros | cons
profit | loss
purchase | sale
question | answer
quicken | slow
rapidly | slowly
reward | penalty punishment
rural | urban
scarce | plentiful
shallow | deep
single | married double
sparse | dense
stationary static still | moving dynamic
sweet | sour bitter salty savory
tall | short
top | bottom
triumph victory | defeat
vacant empty | occupied full
vague | specific clear precise
victory | defeat
villain | hero
villager | citizen
visitor | host
wax | wane
whole | part half
width | height length depth
height | width depth length
length | width depth breadth
area | volume perimeter
radius | diameter
mass | volume
speed velocity | acceleration
voltage | current
singular | plural
first | second third last
breakfast | dinner
entrance | exit
export | import
teacher | student
employer boss manager | employee worker subordinate
buyer | seller
landlord | tenant renter
lender | borrower
plaintiff | defendant
predator | prey
producer manufacturer | consumer
supplier | customer
sender | recipient receiver
speaker | listener
winner | loser
author | reader
doctor physician | patient
lawyer attorney | client
captain | crew
import | export
)";

}  // namespace sluice::semantic::tables
