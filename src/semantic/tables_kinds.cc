#include "semantic/tables.h"

namespace sluice::semantic::tables {

const std::string_view kinds = R"(
language!: english french german spanish italian portuguese dutch russian chinese mandarin cantonese japanese korean arabic hebrew hindi urdu bengali punjabi tamil telugu marathi gujarati kannada malayalam turkish persian farsi polish czech slovak hungarian romanian bulgarian greek swedish norwegian danish finnish icelandic estonian latvian lithuanian ukrainian serbian croatian slovenian albanian thai vietnamese indonesian malay tagalog swahili latin sanskrit welsh irish gaelic basque catalan afrikaans esperanto mongolian burmese khmer lao nepali sinhala pashto kurdish armenian georgian azerbaijani kazakh uzbek amharic somali yoruba igbo hausa zulu xhosa maori hawaiian british american
place!: afghanistan albania algeria andorra angola argentina armenia australia austria azerbaijan bahamas bahrain bangladesh barbados belarus belgium belize benin bhutan bolivia bosnia botswana brazil brunei bulgaria burma myanmar cambodia cameroon canada chad chile china colombia congo costa_rica croatia cuba cyprus czechia denmark djibouti ecuador egypt eritrea estonia ethiopia fiji finland france gabon gambia georgia germany ghana greece greenland grenada guatemala guinea guyana haiti honduras hungary iceland india indonesia iran iraq ireland israel italy jamaica japan jordan kazakhstan kenya kosovo kuwait kyrgyzstan laos latvia lebanon liberia libya liechtenstein lithuania luxembourg macedonia madagascar malawi malaysia maldives mali malta mauritius mexico moldova monaco mongolia montenegro morocco mozambique namibia nepal netherlands holland nicaragua niger nigeria norway oman pakistan palestine panama paraguay peru philippines poland portugal qatar romania russia rwanda scotland senegal serbia singapore slovakia slovenia somalia spain sri_lanka sudan suriname sweden switzerland syria taiwan tajikistan tanzania thailand tibet togo tunisia turkey turkmenistan uganda ukraine united_states united_kingdom united_arab_emirates uruguay uzbekistan venezuela vietnam yemen zambia zimbabwe england wales north_korea south_korea korea south_africa new_zealand saudi_arabia hong_kong el_salvador puerto_rico soviet_union european_union europe asia africa antarctica north_america south_america latin_america middle_east scandinavia balkans caribbean alabama alaska arizona arkansas california colorado connecticut delaware florida hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada new_hampshire new_jersey new_mexico new_york north_carolina north_dakota ohio oklahoma oregon pennsylvania rhode_island south_carolina south_dakota tennessee texas utah vermont virginia west_virginia wisconsin wyoming london paris berlin madrid rome vienna lisbon dublin edinburgh glasgow manchester liverpool birmingham oxford cambridge brussels amsterdam rotterdam hague copenhagen stockholm oslo helsinki warsaw krakow prague budapest bucharest sofia athens istanbul ankara moscow kiev kyiv minsk zurich geneva basel bern munich hamburg frankfurt cologne stuttgart dusseldorf dresden leipzig lyon marseille toulouse bordeaux barcelona seville valencia milan naples turin florence venice bologna porto tokyo osaka kyoto nagoya beijing shanghai guangzhou shenzhen chengdu wuhan seoul busan taipei bangkok hanoi saigon jakarta bali manila mumbai delhi new_delhi bangalore bengaluru hyderabad chennai kolkata calcutta pune ahmedabad jaipur lucknow goa kerala punjab gujarat maharashtra karnataka rajasthan bihar karachi lahore islamabad dhaka kathmandu colombo kabul tehran baghdad damascus beirut jerusalem tel_aviv amman cairo dubai doha riyadh mecca medina casablanca nairobi lagos accra johannesburg cape_town durban pretoria addis_ababa kampala los_angeles san_francisco san_diego san_jose chicago houston dallas austin san_antonio phoenix philadelphia boston seattle portland denver detroit atlanta miami orlando tampa las_vegas washington baltimore cleveland cincinnati columbus pittsburgh minneapolis milwaukee nashville memphis new_orleans st_louis kansas_city salt_lake sacramento oakland honolulu anchorage albuquerque tucson charlotte raleigh richmond buffalo brooklyn manhattan queens bronx toronto montreal vancouver ottawa calgary edmonton winnipeg quebec ontario alberta sydney melbourne brisbane perth adelaide canberra auckland wellington tasmania queensland mexico_city tijuana cancun havana bogota lima quito caracas santiago buenos_aires rio sao_paulo brasilia montevideo
month!: january february march april may june july august september october november december
weekday!: monday tuesday wednesday thursday friday saturday sunday weekend weekday
day: yesterday today tomorrow tonight
season: spring summer autumn winter
part_of_day: morning noon afternoon evening night midnight breakfast lunch dinner supper brunch
holiday: christmas easter thanksgiving halloween diwali holi ramadan eid hanukkah passover valentine
color: red blue green yellow orange purple pink black white brown gray violet indigo cyan magenta turquoise beige maroon golden silver
programming!: python java javascript typescript c++ c# ruby perl php scala kotlin swift golang rust haskell erlang elixir clojure lisp scheme fortran cobol pascal matlab julia lua dart r objective-c html css sql bash powershell assembly vba groovy ocaml prolog
framework!: react angular vue svelte django flask rails laravel node.js jquery bootstrap tensorflow pytorch keras numpy pandas spark hadoop kafka redis memcached mongodb mysql postgresql sqlite oracle cassandra elasticsearch docker kubernetes terraform ansible jenkins git svn mercurial aws azure gcp heroku android ios windows linux macos ubuntu debian fedora centos unix chrome firefox safari opera edge
company: google apple microsoft amazon facebook meta twitter instagram snapchat whatsapp linkedin youtube netflix spotify uber lyft airbnb tesla ford toyota honda bmw mercedes audi volkswagen nissan hyundai kia chevrolet porsche ferrari lamborghini intel amd nvidia samsung sony nokia motorola huawei xiaomi lenovo dell hp ibm oracle cisco adobe paypal ebay alibaba walmart target costco ikea nike adidas puma reebok starbucks mcdonalds kfc pepsi coke disney boeing airbus visa mastercard chase citibank amex discover quora reddit wikipedia tumblr pinterest skype slack zoom infosys wipro tcs accenture deloitte kpmg
subject: math physics chemistry biology history geography economics psychology philosophy sociology law medicine accounting statistics calculus algebra geometry trigonometry engineering literature anthropology astronomy geology
sport: football soccer basketball baseball cricket tennis hockey golf rugby volleyball badminton swimming boxing wrestling cycling skiing chess
religion: christianity islam hinduism buddhism judaism sikhism christian muslim hindu buddhist jew jewish sikh catholic protestant atheist
planet: mercury venus earth mars jupiter saturn uranus neptune pluto moon sun
zodiac: aries taurus gemini leo virgo libra scorpio sagittarius capricorn aquarius pisces
element: hydrogen helium lithium carbon nitrogen oxygen fluorine neon sodium magnesium aluminum silicon phosphorus sulfur chlorine argon potassium calcium iron copper zinc nickel silver gold platinum mercury lead tin uranium plutonium titanium chromium cobalt iodine
currency: dollar euro pound rupee yen yuan ruble peso franc krona bitcoin ethereum litecoin
animal: dog cat horse cow pig sheep goat chicken duck bird fish shark whale dolphin snake lizard turtle frog elephant lion tiger bear wolf fox rabbit rat mouse monkey gorilla snail spider bee ant mosquito cockroach bedbug
food: apple banana grape lemon mango strawberry potato tomato onion garlic carrot rice bread pasta pizza cheese butter milk egg beef pork bacon salmon tuna shrimp coffee tea beer wine vodka whiskey juice chocolate sugar salt honey
organ: heart liver kidney lung stomach brain eye ear nose skin tooth knee shoulder elbow wrist ankle hip neck spine
relative: mother father sister brother son daughter husband wife uncle aunt cousin nephew niece grandmother grandfather girlfriend boyfriend
family_name: trump clinton obama bush sanders modi gandhi putin hitler stalin churchill lincoln kennedy reagan nixon einstein newton shakespeare
polarity!: worst impossible least wrong opposite
third_person: he she
direction: north south east west northeast northwest southeast southwest left right
metal_rank: gold silver bronze platinum diamond
degree: bachelor master phd mba associate diploma kindergarten
operation: sum difference product quotient average median mode mean variance
shape: circle square triangle rectangle hexagon pentagon cube sphere cylinder cone pyramid
account: checking savings
card: debit credit
vehicle: car truck bus train boat ship bicycle motorcycle airplane helicopter subway
disease: cancer diabetes malaria flu cold asthma aids hiv tuberculosis pneumonia hepatitis cholera typhoid dengue measles alzheimer parkinson
)";

// The longest one wins; ^ marks those that only count at the beginning of a question. What stands
// on the left is compared after contractions are written out.
const std::string_view phrases = R"(
can you please tell me =>
could you please tell me =>
can you tell me =>
could you tell me =>
would you tell me =>
will you tell me =>
can you let me know =>
could you let me know =>
would you let me know =>
can you help me find out =>
can you explain =>
could you explain =>
can you please =>
could you please =>
would you please =>
can you help me =>
could you help me =>
would you mind =>
please tell me =>
please let me know =>
please explain =>
please help me =>
tell me =>
let me know =>
i would like to know =>
i would like you to =>
i would like to =>
i would like =>
i want to know =>
i want you to =>
i want to =>
i need to know =>
i need you to =>
i need to =>
i wish to know =>
i am trying to find out =>
i am trying to =>
i am looking to =>
i am curious to know =>
i am curious =>
i am wondering if =>
i am wondering =>
i was wondering if you could =>
i was wondering if =>
i was wondering =>
i wonder if =>
i wonder =>
i have a question =>
quick question =>
just curious =>
do you know =>
do you happen to know =>
does anyone know =>
does anybody know =>
anyone know =>
may i know =>
might i know =>
could i know =>
may i ask =>
can i ask =>
can i know =>
is it possible for you to =>
are you able to =>
would it be possible to => can
is it possible to => can
is there any way to => howto
is there a way to => howto
is there any way i can => howto
is there a way i can => howto
are there any ways to => howto
what is the way to => howto
what is the best way to => howto
what is the easiest way to => howto easy
what is the right way to => howto
what is the correct way to => howto
what is a good way to => howto
what is the best way for me to => howto
what is the best way i can => howto
what is a way to => howto
what are the ways to => howto
what are the best ways to => howto
what are some ways to => howto
what are some good ways to => howto
what are good ways to => howto
what are ways to => howto
what are the steps to => howto
what steps do i take to => howto
what steps should i take to => howto
what do i need to do to => howto
what do i have to do to => howto
what must i do to => howto
what should i do to => howto
what can i do to => howto
what should one do to => howto
the way to => howto
the best way to => howto
best way to => howto
ways to => howto
steps to => howto
ways of => howto
how do i go about => howto
how would i go about => howto
how can i go about => howto
how should i go about => howto
how do you go about => howto
how do i => howto
how do you => howto
how do we => howto
how do people => howto
how does one => howto
how does a person => howto
how does someone => howto
how can i => howto
how can you => howto
how can we => howto
how can one => howto
how can someone => howto
how could i => howto
how could you => howto
how could one => howto
how should i => howto
how should one => howto
how should you => howto
how would i => howto
how would you => howto
how would one => howto
how am i able to => howto
how might i => howto
how must i => howto
how shall i => howto
how may i => howto
how i can => howto
how can be => howto
how to => howto
learn how to => howto
learn to => howto
teach me how to => howto
teach me to => howto
teach me => howto
show me how to => howto
i do not know how to => howto
i am not sure how to => howto
i do not understand why => why
i do not understand how => how
i do not know =>
i do not remember =>
i can not remember =>
i am not sure =>
walk me through => howto
walk me through how to => howto
or no =>
how much time => howlong
how much longer => howlong
what length of time => howlong
what is the length of time => howlong
what is the quantity of => howmany
what quantity of => howmany
what amount of => howmany
what number of => howmany
what is the amount of => howmany
how many => howmany
how much => howmuch
how much money => howmuch
how long => howlong
how old => howold
how far => howfar
how often => howoften
how come => why
what is the number of => howmany
what is the reason for => why
what is the reason behind => why
what is the reason that => why
what is the reason why => why
what are the reasons for => why
for what reason => why
the reason why => why
what are the reasons why => why
what makes => why
what is the location of => where is
in what location => where
in which location => where
at what time => when
at what point => when
on what day => when
on what date => when
on which date => when
on which day => when
in what year => when
in which year => when
what is the price of => howmuch price
what is the cost of => howmuch price
what does it cost to => howmuch price
what is the age of => howold
what is the distance => howfar
what is the definition of => what is mean
what is the meaning of => what is mean
what does it mean to => what is mean
^define => what is mean
or not =>
no longer => stop
not only =>
no matter =>
no problem =>
if not =>
as well =>
as well as => and
a lot of => many
lots of => many
sort of => kind of
sorts of => kind of
a number of => many
a couple of => some
a few => some
one of =>
at all =>
right now => now
at the moment => now
at present => now
these days => now
in order to => to
so as to => to
due to => because
because of => because
instead of => not
rather than => not
other than => except
apart from => except
free of charge => free
get rid of => remove
getting rid of => remove
turn on => turn_on
switch on => turn_on
turn off => turn_off
switch off => turn_off
turned on => turn_on
turned off => turn_off
turn up => turn_up
turn down => turn_down
log in => login
log into => login
sign in => login
sign into => login
log out => logout
sign out => logout
sign up => signup
check in => check_in
check out => check_out
long term => long_term
short term => short_term
e mail => email
e mails => email
web site => website
on line => online
wi fi => wifi
united states of america => united_states
united states => united_states
the us => united_states
the u.s. => united_states
united kingdom => united_kingdom
great britain => united_kingdom
united arab emirates => united_arab_emirates
united nations => un_org
european union => european_union
soviet union => soviet_union
new york city => new_york
new york => new_york
new jersey => new_jersey
new mexico => new_mexico
new hampshire => new_hampshire
new zealand => new_zealand
new delhi => new_delhi
new orleans => new_orleans
north carolina => north_carolina
south carolina => south_carolina
north dakota => north_dakota
south dakota => south_dakota
west virginia => west_virginia
rhode island => rhode_island
north korea => north_korea
north korean => north_korea
south korea => south_korea
south korean => south_korea
south africa => south_africa
south african => south_africa
saudi arabia => saudi_arabia
hong kong => hong_kong
sri lanka => sri_lanka
sri lankan => sri_lanka
costa rica => costa_rica
puerto rico => puerto_rico
el salvador => el_salvador
north america => north_america
south america => south_america
latin america => latin_america
middle east => middle_east
los angeles => los_angeles
san francisco => san_francisco
san diego => san_diego
san jose => san_jose
san antonio => san_antonio
las vegas => las_vegas
st louis => st_louis
kansas city => kansas_city
salt lake city => salt_lake
mexico city => mexico_city
cape town => cape_town
tel aviv => tel_aviv
addis ababa => addis_ababa
buenos aires => buenos_aires
sao paulo => sao_paulo
rio de janeiro => rio
objective c => objective-c
node js => node.js
cell phone => cellphone
cell phones => cellphone
mobile phone => cellphone
mobile phones => cellphone
smart phone => cellphone
per cent => percent
a.m. => am
p.m. => pm
)";

}  // namespace sluice::semantic::tables
