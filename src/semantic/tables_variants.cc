#include "semantic/tables.h"

namespace sluice::semantic::tables {

const std::string_view variants = R"(
be: am are been
have: has had having
do: does
go: goes going went gone
get: gets got gotten getting
make: makes made making
take: takes took taken taking
come: comes came coming
give: gives gave given giving
know: knows knew known
think: thought thinks
see: sees saw seen seeing
say: says said
tell: tells told
find: finds found
feel: feels felt
leave: leaves leaving
keep: keeps kept
begin: begins began begun beginning
become: becomes became
bring: brings brought
buy: buys bought
build: builds built
break: breaks broke broken
catch: catches caught
choose: chooses chose chosen
cost: costs
cut: cutting
draw: draws drew drawn
drink: drinks drank drunk
drive: drives drove driven
eat: eats ate eaten
fall: falls fell fallen
fight: fights fought
fly: flies flew flown flying
forget: forgets forgot forgotten
freeze: froze frozen
grow: grows grew grown
hear: hears heard
hide: hides hid hidden
hold: holds held
lead: leads led
learn: learnt learns
lend: lends lent
let: lets letting
lie: lies lying lay lain
lose: loses lost losing
mean: means meant
meet: meets met
pay: pays paid
put: puts putting
quit: quits quitting
read: reads
ride: rode ridden
rise: rose risen
run: runs ran running
sell: sells sold
send: sends sent
set: sets setting
shoot: shot
show: shows shown
shut: shuts shutting
sing: sang sung
sit: sat sitting
sleep: slept
speak: speaks spoke spoken
spend: spends spent
stand: stood
steal: stole stolen
stick: stuck
swim: swam swum swimming
swing: swung
teach: teaches taught
tear: tore torn
throw: threw thrown
understand: understood
wake: woke woken
wear: wears wore worn
win: wins won winning
write: writes wrote written writing
die: dies died dying
tie: tying
child: children
foot: feet
goose: geese
leaf: leaves
life: lives
man: men
mouse: mice
person: persons
tooth: teeth
wife: wives
woman: women
wolf: wolves
taxi: taxis taxies
knife: knives
half: halves
shelf: shelves
thief: thieves
analysis: analyses
basis: bases
criterion: criteria
phenomenon: phenomena
crisis: crises
hypothesis: hypotheses
index: indices indexes
matrix: matrices matrixes
vertex: vertices
appendix: appendices
bacterium: bacteria
datum: data
medium: media
cactus: cacti
fungus: fungi
nucleus: nuclei
color: colour colours colors coloured colored coloring colouring
favorite: favourite favourites favorites fav fave
favor: favour favours favors
flavor: flavour flavours flavors
humor: humour
honor: honour honours honors
labor: labour
neighbor: neighbour neighbours neighbors
neighborhood: neighbourhood neighbourhoods
behavior: behaviour behaviours behaviors
rumor: rumour rumours
tumor: tumour tumours
harbor: harbour
odor: odour odours
vapor: vapour
savior: saviour
armor: armour
parlor: parlour
mold: mould
center: centre centres centers
theater: theatre theatres theaters
fiber: fibre fibres fibers
caliber: calibre
liter: litre litres
meter: metre metres
defense: defence
offense: offence
license: licence licences licenses licensing
practice: practise practising practised
pretense: pretence
gray: grey
check: cheque cheques checks
tire: tyre tyres tires
curb: kerb
program: programme programmes programs programming
catalog: catalogue catalogues catalogs
dialog: dialogue dialogues dialogs
analog: analogue
plow: plough
airplane: aeroplane aeroplanes airplanes plane planes aircraft
aluminum: aluminium
pajamas: pyjamas
jewelry: jewellery
traveler: traveller travellers travelers
travel: travelling traveling travelled traveled
cancel: cancelled canceled cancelling canceling cancellation cancelation
label: labelled labeled labelling labeling
model: modelling modeling modelled modeled
fulfill: fulfil
enroll: enrol
skillful: skilful
judgment: judgement
acknowledgment: acknowledgement
aging: ageing
maneuver: manoeuvre
encyclopedia: encyclopaedia
anemia: anaemia
anesthesia: anaesthesia
pediatric: paediatric
orthopedic: orthopaedic
estrogen: oestrogen
esophagus: oesophagus
diarrhea: diarrhoea
fetus: foetus
leukemia: leukaemia
hemoglobin: haemoglobin
hemorrhage: haemorrhage
feces: faeces
archeology: archaeology
sulfur: sulphur
sulfate: sulphate
mustache: moustache
donut: doughnut doughnuts donuts
yogurt: yoghurt yogurts
whiskey: whisky
chili: chilli chilies
math: maths mathematics mathematical
organize: organise organised organized organising organizing
organization: organisation organisations organizations org
realize: realise realised realized
recognize: recognise recognised recognized
analyze: analyse analysed analyzed analysing analyzing
optimize: optimise optimised optimized optimising optimizing
optimization: optimisation
apologize: apologise
memorize: memorise
customize: customise customised customized
summarize: summarise
criticize: criticise
emphasize: emphasise
visualize: visualise
minimize: minimise
maximize: maximise
initialize: initialise initialised initialized
normalize: normalise
serialize: serialise
specialize: specialise
utilize: utilise
civilization: civilisation civilizations
globalization: globalisation
industrialization: industrialisation
colonization: colonisation
information: info infos
application: app apps applications
advertisement: ad ads advert adverts advertisements
photograph: photo photos photographs pic pics
picture: pictures
television: tv tvs telly televisions
telephone: phone phones telephones
cellphone: cell_phone cellphones mobile_phone smartphone smartphones
refrigerator: fridge fridges
laboratory: lab labs
examination: exam exams
university: uni universities varsity
mathematician: mathematicians
versus: vs
approximately: approx
number: numbers no. num
maximum: max
minimum: min
temperature: temp temperatures
repetition: reps
specification: spec specs
administrator: admin admins
document: doc docs
documentation: docs
repository: repo repos
directory: dir dirs
database: databases
configuration: config configs
environment: env
development: dev
developer: devs developers
kilometer: kilometre kilometres km kms
mother: mom mum mommy mummy moms
father: dad daddy dads
grandmother: grandma granny
grandfather: grandpa granddad
bicycle: bike bikes
motorcycle: motorbike motorbikes
automobile: auto
vocabulary: vocab
rhinoceros: rhino
hippopotamus: hippo
veterinarian: vet vets
influenza: flu
gymnasium: gym gyms
physician: physicians
tomorrow: tmrw tmr tomorow
tonight: tonite
because: cuz coz becuz cos
through: thru
though: tho
please: pls plz
thanks: thx thank
want: wanna
probably: prolly
ok: okay
email: mail emails
website: site sites websites webpage webpages
internet: web
online: on-line
ebook: ebooks
setup: set_up
backup: back_up
login: log_in logon signin sign_in
signup: sign_up
startup: start_up startups
until: till til
whether: wether
bank_account: bank_acct
account: acct accts accounts
appointment: appt appointments
balance: balances
apartment: apt apartments
avenue: ave
building: bldg buildings
department: dept departments
doctor: dr doctors
government: govt gov governments
minute: mins
mister: mr
street: st
january: jan
february: feb
march: mar
april: apr
june: jun
july: jul
august: aug
september: sep sept
october: oct
november: nov
december: dec
monday: mon mondays
tuesday: tue tues tuesdays
wednesday: wed wednesdays
thursday: thu thur thurs thursdays
friday: fri fridays
saturday: saturdays
sunday: sundays
i: me
the: teh
how: hwo
what: wat waht wht
and: adn
which: wich
he: him his himself
she: her hers herself
they: them their theirs themselves
united_states: usa america
united_kingdom: uk britain
united_arab_emirates: uae emirates
new_york: nyc
san_francisco: sf
soviet_union: ussr
european_union: eu
javascript: js ecmascript
typescript: ts
python: py python3
c++: cpp
c#: csharp
postgresql: postgres
node.js: nodejs
kubernetes: k8s
india: indian indians
australia: australian australians aussie
canada: canadian canadians
mexico: mexican mexicans
brazil: brazilian brazilians brasil
argentina: argentinian argentine argentinians
egypt: egyptian egyptians
pakistan: pakistani pakistanis
bangladesh: bangladeshi
nepal: nepali nepalese
iran: iranian iranians persia
iraq: iraqi iraqis
israel: israeli israelis
syria: syrian syrians
cuba: cuban cubans
kenya: kenyan kenyans
nigeria: nigerian nigerians
ghana: ghanaian
ethiopia: ethiopian ethiopians
south_africa: south_african
switzerland: swiss
austria: austrian austrians
belgium: belgian belgians
scotland: scottish scots
europe: european europeans
asia: asian asians
africa: african africans
malaysia: malaysian malaysians
singapore: singaporean singaporeans
philippines: filipino filipinos filipina
colombia: colombian colombians
peru: peruvian
chile: chilean
venezuela: venezuelan venezuelans
afghanistan: afghan afghans
lebanon: lebanese
jordan: jordanian
morocco: moroccan
algeria: algerian
tunisia: tunisian
libya: libyan
sudan: sudanese
sri_lanka: sri_lankan srilanka
california: californian
texas: texan texans
)";

const std::string_view synonyms = R"(
buy purchase get order
begin start commence
activate enable turn_on
deactivate disable turn_off
end finish stop
make create build develop
fix repair solve resolve mend
big large huge
small little tiny
quick fast rapid quickly rapidly fast
happy glad
sad unhappy
smart intelligent clever bright
job work employment career
car automobile vehicle auto
kid child
doctor physician
movie film
picture image photograph
journey trip travel
holiday vacation
ill sick unwell
illness disease sickness disorder
cure treat treatment remedy heal
weight fat
rid remove eliminate erase delete
country nation
company firm business
money cash
salary pay wage income earnings
price cost rate fee charge
inexpensive cheap affordable
expensive costly
purpose aim goal objective reason point
difference distinction
benefit advantage pro
disadvantage drawback con
way method technique approach procedure process
tip trick advice suggestion
step procedure process
best top good greatest
improve better enhance boost increase
learn study
teach explain
choose select pick decide
choice option selection
need require must
want wish like desire
like love enjoy
allow let permit
show display
tell say inform explain
talk speak chat
ask inquire
answer reply respond response
help assist aid support assistance
try attempt
happen occur
seem appear
become turn
change modify alter switch convert adjust
switch swap turn
use utilize apply
get obtain acquire receive gain
earn make
close shut
find locate discover search
search look
see view watch
picture draw
error mistake fault bug problem issue
problem issue trouble
important significant crucial essential
main primary chief principal
famous popular well-known known
begin origin start
correct right proper
wrong incorrect
hard difficult tough
easy simple
strange weird odd
rich wealthy
afraid scared
funny hilarious amusing
weak feeble
often frequently
usually normally generally typically
near close nearby closest nearest
far distant
distance far
total whole entire
part piece portion
test exam examination quiz
college university
student pupil
teacher instructor professor tutor
book novel
song music track tune
singer artist musician
author writer
beginner newbie novice starter
expert professional
people person human
woman lady female girl
man male guy boy
husband spouse
wife spouse
prevent avoid stop
block ban
possible can able
type kind sort
speed pace
size dimension
location place address
town city
house home
apartment flat
food meal cuisine dish
restaurant diner
recipe cook
flight plane airplane
luggage baggage bag suitcase
reserve book reservation booking
cancel void
phone telephone cellphone mobile
computer pc
laptop notebook
internet online web
website page
app application software program
file document
password passcode
sign register enroll signup
delete remove erase
install setup
update upgrade
send transfer wire
transfer move
deposit put add
withdraw take
bill invoice
payment pay
insurance coverage cover
tax irs
weather forecast climate
rain raining rainy
hot warm
cold cool chilly
definition mean meaning define
meaning significance
translate translation
spell spelling
word term
sentence phrase
calculate compute computation
sum total add
joke funny
story tale
name called call
birthday birth
age old
wait waiting
remind reminder
schedule calendar agenda
meeting appointment
event appointment
alarm wake
timer countdown
light lamp
volume sound loud
shopping grocery groceries
list listing
todo task
order buy
track status
freeze lock hold block
report tell
lost missing misplaced lose
stolen theft steal
fraud fraudulent scam
damaged broken damage
replace replacement new
expire expiration expiry expiring
limit maximum cap
raise increase
decrease reduce lower drop
interest apr
balance amount
account acct
statement report
gasoline gas petrol fuel
traffic congestion
direction route way
jump start
uber cab taxi ride
time clock
date day
today now
calorie calories energy
nutrition nutritional healthy health
ingredient ingredients
substitute replacement swap alternative replace
long last
expired bad spoiled
review rating
suggest recommend suggestion recommendation
exchange convert conversion
vaccine shot immunization vaccination
plug adapter socket outlet
dog puppy
cat kitten
baby infant
stomach belly tummy abdomen
fever temperature
pain ache hurt
heart cardiac
kidney renal
sleep asleep
depression depressed
anxiety anxious
marriage marry wedding
death die dead
kill murder
war conflict battle
president leader
government state
law legal
france french
germany german
spain spanish
italy italian
china chinese
japan japanese
russia russian
england english british
united_kingdom british english
united_states american
greece greek
turkey turkish
korea korean
netherlands dutch
poland polish
sweden swedish
portugal portuguese
thailand thai
denmark danish
norway norwegian
finland finnish
hungary hungarian
ireland irish
vietnam vietnamese
ukraine ukrainian
indonesia indonesian
construct build
effect impact influence consequence
affect influence impact
cause reason
function role purpose
feature characteristic property attribute
opinion view thought think
experience feel
effective efficient
mobile phone
invest investment
inform notify alert
guide tutorial
course class
resource material source
complaint complain
gift present
garbage trash rubbish
left remaining
current present latest
lately recently
next upcoming
minimum smallest lowest
reset restore revert
arrive come
name title
cook prepare
contain consist include
original default
dice die
area region location
manual instruction
important necessary
handle deal
overcome beat
institute college
)";

}  // namespace sluice::semantic::tables
