#include "sluice/eval_templates.h"

namespace sluice::eval {

const std::string_view templates = R"(
What was the population of {country} in {year}? == How many people lived in {country} in {year}? == Tell me the population of {country} in {year}
Who won the {sport} world cup in {year}? == Which team won the {year} {sport} world cup?
What is the capital of {country}? == Which city is the capital of {country}? == {country}'s capital city?
What is the currency used in {country}? == Which currency does {country} use?
How far is {city:1} from {city:2}? == What is the distance between {city:1} and {city:2}? == distance from {city:2} to {city:1}
How do I get from {city:1} to {city:2} by train? == What is the best way to travel from {city:1} to {city:2} by train?
cheapest flight from {city:1} to {city:2} in {month}
How long is the flight from {city:1} to {city:2}?
What are the best restaurants in {city}? == Which restaurants in {city} are the best? == best places to eat in {city}
What should I see in {city} in {small} days? == What are the must-see sights in {city} if I have {small} days?
Do I need a visa to visit {country}? == Is a visa required for visiting {country}?
What is the weather like in {city} in {month}? == How is the weather in {city} during {month}?
When is the best time to visit {country}? == What is the best time of the year to go to {country}?
What is the time difference between {city:1} and {city:2}?
How tall is {person}? == What is {person}'s height? == What is the height of {person}?
Where was {person} born? == What is the birthplace of {person}?
What is {person} famous for? == Why is {person} famous?
What did {person} say about {topic}?
Who is the CEO of {company}? == Who runs {company}? == Who is {company}'s chief executive?
When was {company} founded? == In which year was {company} started?
What is the stock symbol of {company}?
How do I cancel my {company} subscription? == What is the way to cancel a subscription to {company}? == cancel {company} subscription how
How can I contact {company} customer support? == What is the customer service number of {company}?
What does {company} do to protect customer data?
How do I reset my {company} password? == I forgot my {company} password, how can I reset it?
What is the difference between {food:1} and {food:2}? == How do {food:2} and {food:1} differ?
Is {food:1} healthier than {food:2}?
How many calories are in {number} grams of {food}? == What is the calorie count of {number} grams of {food}? == how many calories does {number} g of {food} have
How do I cook {food}? == What is the best way to cook {food}? == How can I prepare {food}? == how to cook {food}
How long does {food} last in the fridge? == How long can I keep {food} in the refrigerator?
Can {animal}s eat {food}? == Is it safe for {animal}s to eat {food}? == Is {food} safe for {animal}s?
How long do {animal}s live? == What is the lifespan of a {animal}?
What are the side effects of {drug}? == What side effects does {drug} have? == side effects of {drug}
Can I take {drug:1} with {drug:2}? == Is it safe to take {drug:1} and {drug:2} together?
What is the maximum daily dose of {drug} for an adult? == How much {drug} may an adult take per day?
Is {number} mg of {drug} too much? == Is a dose of {number} mg {drug} too high?
What are the symptoms of {disease}? == How do I know if I have {disease}? == symptoms of {disease}
How is {disease} treated? == What is the treatment for {disease}?
What causes {disease}? == What are the causes of {disease}?
How do I install {software} on {os}? == What are the steps to install {software} on {os}? == installing {software} on {os}
How do I upgrade {software} from version {version:1} to {version:2}? == How can I update {software} {version:1} to version {version:2}?
What is new in {software} {version}? == What are the new features of {software} {version}? == Which features were added in {software} {version}?
Is {software} {version} compatible with {os}? == Does {software} {version} work on {os}?
When does support for {software} {version} end? == What is the end of life date of {software} {version}?
How do I sort a list in {programming}? == What is the best way to sort a list in {programming}? == How can I sort lists using {programming}? == sort a list {programming}
How do I read a file line by line in {programming}? == Reading a file line by line in {programming}
How do I convert a string to an integer in {programming}?
How do I convert an integer to a string in {programming}?
Should I learn {programming:1} or {programming:2} first? == Is it better to learn {programming:2} or {programming:1} first?
Is {programming:1} faster than {programming:2}?
How do I migrate from {software:1} to {software:2}?
How do I convert {format:1} to {format:2}? == What is the best way to convert {format:1} files to {format:2}?
How do I open a {format} file on {os}? == Which program opens {format} files on {os}?
How do I say thank you in {language}? == What is the {language} word for thank you? == How do you say thanks in {language}?
How do I translate this menu from {language:1} to {language:2}?
How hard is it to learn {language}? == Is {language} hard to learn? == Is {language} difficult to learn?
How many {unit:1} are in {number} {unit:2}?
Convert {number} {unit:1} to {unit:2} == What is {number} {unit:1} in {unit:2}? == How much is {number} {unit:1} in {unit:2}?
How much is {number} {currency:1} in {currency:2}? == Convert {number} {currency:1} to {currency:2}
What is {percent}% of {number}? == How much is {percent} percent of {number}? == Calculate {percent}% of {number}
What is {small:1} times {number}? == How much is {small:1} multiplied by {number}?
What is the square root of {number}? == Calculate the square root of {number}
How much tax do I pay on {number} {currency} of income? == What is the tax on an income of {number} {currency}?
What is the monthly payment for a {number} {currency} loan over {small} years?
How much interest do I earn on {number} {currency} at {percent}%?
What can I buy for {number} {currency}?
Remind me of the meeting on {month} {day} == Set a reminder for the meeting on {month} {day}
What happened on {month} {day}, {year}? == Which events took place on {month} {day} {year}?
Which holidays are in {month}? == What are the public holidays in {month}?
Is the office open on {weekday}? == Are you open on {weekday}s?
What are the opening hours on {weekday}? == When do you open on {weekday}?
Book a table for {small} people on {weekday} == Reserve a table for {small} persons on {weekday}
What is on TV on {weekday} at {small} pm?
What were the biggest {topic} trends of {year}? == Which {topic} trends were the biggest in {year}?
Where can I learn about {topic}? == What are good resources to learn {topic}? == best resources for learning {topic}
What are the best books about {topic}? == Which books on {topic} are the best? == Can you recommend good books about {topic}?
What is the {first} law of thermodynamics? == Explain the {first} law of thermodynamics
Who was the {first} president of {country}?
What is the {first} chapter of this book about?
What is the boiling point of {chemical}? == At what temperature does {chemical} boil? == boiling point of {chemical}
What is the chemical formula of {chemical}? == What formula does {chemical} have?
Is {chemical} {soluble in water|flammable|toxic to fish}?
How many electrons does {chemical} have?
How many players are in a {sport} team? == What is the number of players on a {sport} team?
What are the rules of {sport}? == How is {sport} played? == Explain the rules of {sport}
How do I {increase|decrease} my blood pressure? == What can I do to {increase|decrease} my blood pressure?
How can I {gain|lose} weight? == What is the best way to {gain|lose} weight? == best way to {gain|lose} weight
What are the {advantages|disadvantages} of {topic}? == What {advantages|disadvantages} does {topic} have?
Should I {buy|sell} shares of {company}? == Is it a good time to {buy|sell} {company} shares?
What should I eat {before|after} a workout? == Which food is good {before|after} a workout?
How do I {enable|disable} notifications in {software}? == Where can I {enable|disable} {software} notifications?
How do I {open|close} an account at {company}? == What do I need to {open|close} an account with {company}?
Why are {animal}s so {fast|slow}?
What is the {largest|smallest} city in {country}? == Which is the {largest|smallest} city of {country}?
What is the {highest|lowest} temperature ever measured in {country}?
What is the {maximum|minimum} speed on highways in {country}? == How high is the {maximum|minimum} speed on {country}'s highways?
How do I {import|export} contacts in {software}?
How do I {encrypt|decrypt} a {format} file? == What is the way to {encrypt|decrypt} {format} files?
How do I {upload|download} a {format} file in {software}?
Which {hot|cold} drinks go well with {food}?
Is it {legal|illegal} to sell {food} in {country}?
Is {drug} {safe|dangerous} during pregnancy?
What {starts|stops} {disease}?
How do I {add|remove} a user in {software}? == What is the way to {add|remove} users in {software}?
Which {software} features are {free|paid}?
What is a {strong|weak} acid?
How do I {lock|unlock} my phone with {software}?
Why is the {left|right} side of my head hurting?
How do I turn {on|off} dark mode in {software}?
Where do I find {cheap|expensive} hotels in {city}?
Who are the {youngest|oldest} people in {country}?
Why do {men|women} lose hair?
How do {credit|debit} cards work in {country}?
What should I do if I {win|lose} the lottery?
How do I make my {food} {softer|harder}?
Can I {borrow|lend} money from {company} employees?
Why is my heart rate {high|low} in the morning?
Why is my {software} so {quiet|loud}?
Which foods are {rich|poor} in iron?
Why should I {not} drink {food} in the evening? == What is the reason that I should {not} drink {food} in the evening?
Why do some people {not} like {food}?
Which countries do {not} need a visa for {country}?
Why does {software} {not} work on {os}? == For what reason does {software} {not} work on {os}?
What happens if I do {not} pay {company} on time?
Is it true that {animal}s do {not} sleep?
Which {programming} features should I {not} use?
When should one {not} take {drug}? == In which cases should you {not} take {drug}?
Why can I {not} log in to {company}?
Which cities in {country} are {not} safe?
What should I {not} say in a job interview at {company}?
Is it {not} allowed to bring {food} into {country}?
Did {person} {not} win an award in {year}?
Can I use {software} {without|with} an account?
Does {topic} help {food} farmers?
Does {drug:1} increase the effect of {drug:2}?
Did {person:1} meet {person:2}? == Have {person:1} and {person:2} ever met?
Why did {company:1} sue {company:2}?
Why did {company:1} buy {company:2}?
Do {animal:1}s hunt {animal:2}s?
Is {country:1} larger than {country:2}? == Is {country:1} bigger than {country:2}?
Does {country:1} export more {food} than {country:2}?
How did {person:1} influence {person:2}?
Is {city:1} more expensive than {city:2}?
How do I move my data from {software:1} to {software:2}?
Which came out first, {software:1} or {software:2}? == Did {software:2} or {software:1} come out first?
What is the meaning of {word}? == What does {word} mean? == Define {word} == meaning of {word}
How do you spell {word}? == What is the spelling of {word}?
Use {word} in a sentence == Give me a sentence with {word}
What is a synonym for {word}? == Which words mean the same as {word}?
How much does a {product} cost? == What is the price of a {product}? == What do I pay for a {product}?
How do I clean a {product}? == What is the best way to clean a {product}? == cleaning a {product}
What is the best {product} under {number} {currency}? == Which {product} under {number} {currency} is the best?
How many {unit:1} does a {product} weigh?
How long does the battery of a {product} last? == What is the battery life of a {product}?
Where can I buy a used {product} in {city}?
How do I fix a broken {product}? == What can I do to repair a broken {product}?
What is the warranty period of a {product}? == How long is the warranty on a {product}?
Write a short poem about {animal}s == Please write a short poem about {animal}s
Explain {topic} to a {small} year old
Summarize the history of {country} in {number} words == Give me a {number} word summary of the history of {country}
)";

const std::string_view slot_values = R"(
country entity: France, Germany, Italy, Spain, Portugal, Poland, Norway, Sweden, Finland, Denmark, Greece, Turkey, Egypt, Morocco, Kenya, Nigeria, Ghana, Ethiopia, India, Pakistan, Nepal, China, Japan, Vietnam, Thailand, Malaysia, Indonesia, Australia, New Zealand, Canada, Mexico, Brazil, Argentina, Chile, Peru, Colombia, Cuba, Iran, Iraq, Israel, Jordan, Lebanon, Austria, Hungary, Romania, Bulgaria, Ireland, Iceland, Slovakia, Slovenia, Niger, Mali, Mauritius, Mauritania, Paraguay, Uruguay, Guinea, Guyana
city entity: London, Paris, Berlin, Madrid, Rome, Vienna, Lisbon, Dublin, Oslo, Stockholm, Helsinki, Warsaw, Prague, Budapest, Athens, Istanbul, Cairo, Nairobi, Lagos, Mumbai, Delhi, Chennai, Karachi, Dhaka, Beijing, Shanghai, Tokyo, Osaka, Seoul, Bangkok, Jakarta, Sydney, Melbourne, Toronto, Montreal, Boston, Chicago, Houston, Denver, Seattle, Portland, Miami, Atlanta, Lima, Bogota, Santiago, Ulm, Graz, Ghent, Bergen, Malmo, Porto, Cork, Leeds, Split, Bari
person entity: Marie Curie, Isaac Newton, Albert Einstein, Charles Darwin, Ada Lovelace, Alan Turing, Nikola Tesla, Thomas Edison, Galileo Galilei, Leonardo da Vinci, Michelangelo, Rembrandt, Frida Kahlo, Pablo Picasso, Salvador Dali, Mozart, Beethoven, Chopin, Freddie Mercury, Elvis Presley, Bob Dylan, Taylor Swift, Adele, Lionel Messi, Cristiano Ronaldo, Serena Williams, Roger Federer, Usain Bolt, Michael Jordan, Nelson Mandela, Mahatma Gandhi, Winston Churchill, Abraham Lincoln, George Washington, Napoleon, Julius Caesar, Cleopatra, Jane Austen, Charles Dickens, Mark Twain, Virginia Woolf, Leo Tolstoy, Franz Kafka, Stephen King, Tom Hanks, Meryl Streep, Jennifer Lawrence, Jennifer Aniston, Chris Evans, Chris Pratt
company entity: Netflix, Spotify, Amazon, Google, Microsoft, Apple, Facebook, Adobe, Oracle, Siemens, Bosch, Toyota, Honda, Nissan, Renault, Volvo, Boeing, Airbus, Lufthansa, Ryanair, Vodafone, Nokia, Ericsson, Samsung, Sony, Panasonic, Philips, Nestle, Danone, Unilever, Pfizer, Novartis, Bayer, Roche, Shell, Chevron, Walmart, Carrefour, Tesco, Lidl, Zara, Adidas, Nike, Puma, Dropbox, Slack, Zoom, Uber, Lyft, Grab
food entity: rice, pasta, potatoes, salmon, tuna, chicken, beef, tofu, lentils, beans, broccoli, spinach, carrots, mushrooms, onions, garlic, apples, bananas, oranges, grapes, mango, pineapple, honey, sugar, butter, cheese, yogurt, coffee, beer, quinoa, couscous, zucchini, eggplant, asparagus, shrimp, lobster, bacon, oatmeal, popcorn, chocolate
animal entity: dog, cat, horse, cow, goat, pig, rabbit, hamster, parrot, owl, eagle, penguin, turtle, lizard, snake, frog, shark, whale, dolphin, elephant, giraffe, zebra, lion, tiger, bear, wolf, beaver, badger, otter, hedgehog
drug entity: aspirin, ibuprofen, paracetamol, naproxen, amoxicillin, penicillin, metformin, insulin, warfarin, heparin, lisinopril, losartan, atorvastatin, simvastatin, omeprazole, pantoprazole, cetirizine, loratadine, sertraline, fluoxetine, diazepam, lorazepam, codeine, tramadol, morphine, prednisone, prednisolone, levothyroxine, azithromycin, clarithromycin
disease entity: malaria, measles, mumps, diabetes, asthma, bronchitis, pneumonia, anemia, gout, arthritis, eczema, psoriasis, migraine, epilepsy, dementia, glaucoma, hepatitis, cholera, typhoid, dengue, scurvy, rickets, lupus, sciatica
software entity: PostgreSQL, MySQL, Redis, MongoDB, Docker, Kubernetes, Firefox, Chrome, Photoshop, Excel, Outlook, Blender, Jenkins, Grafana, Terraform, Ansible, Django, Flask, Spotify, Telegram, Signal, Slack, Notion, Dropbox, Thunderbird, LibreOffice, Nginx, Kafka, Hadoop, GitLab
os entity: Windows, macOS, Ubuntu, Debian, Fedora, Android, FreeBSD, CentOS
product entity: washing machine, dishwasher, refrigerator, laptop, tablet, smartphone, camera, bicycle, motorcycle, lawn mower, vacuum cleaner, coffee machine, toaster, microwave, air conditioner, guitar, piano, violin, telescope, drone, printer, keyboard, headset, treadmill, tent
topic entity: machine learning, astronomy, photography, gardening, economics, philosophy, blockchain, cryptography, nutrition, architecture, marketing, accounting, genetics, linguistics, psychology, robotics, meditation, recycling, globalization, feminism, remote work, solar energy, nuclear power, electric cars
chemical entity: water, ethanol, methanol, acetone, benzene, ammonia, methane, propane, butane, oxygen, nitrogen, helium, neon, argon, sodium, potassium, calcium, iron, copper, zinc, sulfur, chlorine, bromine, iodine, mercury, glycerol, toluene
sport entity: football, cricket, rugby, hockey, basketball, volleyball, handball, tennis, baseball, badminton
word entity: serendipity, ubiquitous, ephemeral, pragmatic, resilient, ambiguous, candid, frugal, gregarious, meticulous, nostalgia, obsolete, paradox, quaint, redundant, stoic, tedious, verbose, whimsical, zealous, empathy, irony, metaphor, hubris
programming language: Python, Java, JavaScript, TypeScript, C++, C#, C, Go, Rust, Ruby, PHP, Perl, Swift, Kotlin, Scala, Haskell, Lua, R, Julia, Dart
language language: French, German, Spanish, Italian, Portuguese, Dutch, Swedish, Norwegian, Danish, Finnish, Polish, Czech, Hungarian, Greek, Turkish, Arabic, Hebrew, Hindi, Bengali, Tamil, Thai, Vietnamese, Korean, Japanese, Mandarin, Swahili
format entity: pdf, docx, csv, json, xml, yaml, png, jpg, gif, svg, mp3, wav, flac, mp4, avi, mkv, zip, tar, epub, html
year year: 1912, 1929, 1945, 1954, 1966, 1969, 1974, 1980, 1985, 1989, 1991, 1994, 1998, 2000, 2002, 2004, 2006, 2008, 2010, 2012, 2014, 2015, 2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023
number number: 12, 15, 18, 24, 25, 36, 40, 45, 50, 64, 72, 75, 80, 96, 100, 120, 125, 144, 150, 200, 225, 250, 300, 350, 400, 450, 500, 600, 750, 800, 1000, 1200, 1500, 2000, 2500, 5000, 7500, 10000
small number: two, three, four, five, six, seven, eight, nine, ten, 2, 3, 4, 5, 6, 7, 8, 9, 10
percent number: 3, 4.5, 5, 6.25, 7, 8, 10, 12.5, 15, 20, 25, 30, 40, 60
first number: first, second, third, fourth, fifth
version version: 2.0, 2.1, 3.0, 3.1, 3.10, 3.11, 3.12, 4.2, 5.0, 5.7, 6.0, 7.2, 8.0, 9.5, 10.1, 11, 12, 13, 14.3, 1.2.3, 1.2.4, 1.10.0
month date: January, February, March, April, June, July, August, September, October, November, December
weekday date: Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday
day date: 1, 2, 3, 5, 7, 9, 11, 14, 15, 18, 20, 22, 25, 28, 30
unit unit: meters, feet, inches, centimeters, kilometers, miles, yards, grams, kilograms, pounds, ounces, liters, gallons, milliliters, cups, tablespoons, hours, minutes, seconds, days
currency unit: dollars, euros, pounds, rupees, yen, francs, pesos, yuan
)";

}  // namespace sluice::eval
